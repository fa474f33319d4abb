/** What crosses the wire between the page and its server. */

export type Values = Record<string, any>;
export interface NumberedReference { noun: string; number: number; field: string; source: string }
export interface Origin { run_id: string; output_index: number }
export interface Quote { usd: number | null; basis: string }
export interface FormBody {
  values: Values;
  chosen: Record<string, Values>;
  names: Record<string, string>;
  origins: Record<string, Origin>;
  numbered: NumberedReference[];
  holder: string;
  run_id: string | null;
}
export interface FormStatus {
  lists: Record<string, string[]>;
  tokens: string[];
  meter: string;
  over: boolean;
  notes: string[];
  prompt: string | null;
  varies: boolean;
  numbered: NumberedReference[];
  wrong: Record<string, string>;
  working: boolean;
  kit: string;
  expected: string;
  example_usd: (number | null)[];
  quote: Quote;
}
export interface EmbeddedSettings { form: string; values: Values }
export interface Uploaded { ref: string; remembered: EmbeddedSettings | null }
export interface Deleted { said: string; deleted: string[] }
export interface FoundRun { id: string }
export interface KeptFrame { ref: string }
export interface Problems { problems: Record<string, string> }
export interface Changes { now: string; ids: string[]; new: string[]; all: boolean }
