/** Made by `make wire` from the messages of the routes. */

/**
 * What a guest thinks of an item; one line of meaning each.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Verdict".
 */
export type Verdict = "" | "approve" | "change" | "reject";
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Values".
 */
export type Values = Record<string, any>;

export interface Wire {}
/**
 * What is to be shown; without a `showcase_id`, in a new one called `title`.
 *
 * `specs` are runs, each with a "~" and which of its media where that is not the first result.
 * `id` makes asking twice safe.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AddBody".
 */
export interface AddBody {
  id: string;
  showcase_id?: string;
  title?: string;
  kind?: "results" | "comparison" | "plan";
  /**
   * @maxItems 1000
   */
  specs?: string[];
  plan_id?: string;
  caption?: string;
  wants_link?: boolean;
}
/**
 * The showcase, how many items came to it, and the sentence that says so.
 *
 * `url` is the whole address of the link that leads to it, "" where none is wanted.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Added".
 */
export interface Added {
  showcase_id: string;
  title: string;
  added: number;
  url: string;
  said: string;
}
/**
 * The item that came in.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AddedItem".
 */
export interface AddedItem {
  id: string;
}
/**
 * The id of the run that is to be made, so that asking twice makes one.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AgainBody".
 */
export interface AgainBody {
  run_id: string;
}
/**
 * What changed until `now`: runs and plans, of which `new` were made or came back.
 *
 * `all`: everything may have changed.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Changes".
 */
export interface Changes {
  now: string;
  ids: string[];
  new: string[];
  all: boolean;
}
/**
 * `title` is offered for a new showcase, `thumbnails` show what was chosen.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Choices".
 */
export interface Choices {
  title: string;
  thumbnails: string[];
  ways: Way[];
  showcases: ShowcaseChoice[];
}
/**
 * One way to show what was chosen.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Way".
 */
export interface Way {
  label: string;
  kind: "results" | "comparison" | "plan";
  specs: string[];
}
/**
 * A showcase to add to, with the picture that stands for it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ShowcaseChoice".
 */
export interface ShowcaseChoice {
  id: string;
  title: string;
  about: string;
  cover: string;
}
/**
 * The runs that were selected.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Chosen".
 */
export interface Chosen {
  /**
   * @maxItems 1000
   */
  ids: string[];
}
/**
 * A new comment; `id` is the sender's, so that sending it again is safe.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "CommentBody".
 */
export interface CommentBody {
  id: string;
  item_id: string;
  text: string;
  place?: PlaceBody | null;
  answers?: string | null;
}
/**
 * A place in a picture, or a frame of a clip.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PlaceBody".
 */
export interface PlaceBody {
  side?: number;
  x?: number | null;
  y?: number | null;
  frame?: number | null;
  time_s?: number | null;
}
/**
 * The ids that were deleted, and the sentence that says so.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Deleted".
 */
export interface Deleted {
  said: string;
  deleted: string[];
}
/**
 * The runs that are to go; with `take_out`, out of the showcases that show them as well.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Deletion".
 */
export interface Deletion {
  /**
   * @maxItems 1000
   */
  ids: string[];
  take_out?: boolean;
}
/**
 * What was said since: the HTML of the items it was said of, of the list, and of the link.
 *
 * Where nothing was said, `items` is empty and `all` is None; `content_version` tells whether the
 * showcase itself is another.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DrawnReviews".
 */
export interface DrawnReviews {
  version: number;
  content_version: number;
  items: {
    [k: string]: string;
  };
  all: string | null;
  link: string;
}
/**
 * An element to keep under a name; without one the kept element is given the name.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ElementBody".
 */
export interface ElementBody {
  name: string;
  element?: {
    [k: string]: unknown;
  };
}
/**
 * A generation that was not sent from here; an id that names its model needs no `model`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Elsewhere".
 */
export interface Elsewhere {
  generation_id: string;
  model?: string;
}
/**
 * What a file knows of how it was made: the form, and the values of its fields.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "EmbeddedSettings".
 */
export interface EmbeddedSettings {
  form: string;
  values: Record<string, any>;
}
/**
 * A form as the browser sends it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FormBody".
 */
export interface FormBody {
  run_id?: string | null;
  origins?: {
    [k: string]: Origin;
  };
  values: Record<string, any>;
  chosen?: {
    [k: string]: Record<string, any>;
  };
  names?: {
    [k: string]: string;
  };
  numbered?: NumberedReference[];
  holder?: string;
  offers?: boolean;
}
/**
 * The run that a file in the form came from.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Origin".
 */
export interface Origin {
  run_id: string;
  output_index?: number;
}
/**
 * What a token of the prompt stood for at the last look.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NumberedReference".
 */
export interface NumberedReference {
  noun: "Image" | "Video" | "Element";
  number: number;
  field: string;
  source: string;
}
/**
 * What the page shows of a form.
 *
 * `lists` are the references of each field as HTML, `tokens` what the prompt can name,
 * `numbered` what that stands for now. `prompt` is there when its tokens were renumbered.
 * `wrong` are the sentences of broken rules by field. `varies`: the prompt is one of several.
 * `working`: a file is still being checked, so that this is to be asked again. `kit` and
 * `example_usd` are there when they were asked for.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FormStatus".
 */
export interface FormStatus {
  lists: {
    [k: string]: string[];
  };
  tokens: string[];
  meter: string;
  over: boolean;
  notes: string[];
  prompt: string | null;
  varies: boolean;
  numbered: NumberedReference[];
  wrong: {
    [k: string]: string;
  };
  working: boolean;
  kit: string | null;
  expected: string;
  example_usd: (number | null)[] | null;
  quote: Quote;
}
/**
 * `usd` is None where the price is not known; `basis` says how it comes about, or why not.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Quote".
 */
export interface Quote {
  usd: number | null;
  basis: string;
}
/**
 * The run that has a generation id.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FoundRun".
 */
export interface FoundRun {
  id: string;
}
/**
 * Which frame of a video: the first, the last, or that of a second.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FrameBody".
 */
export interface FrameBody {
  at: ("first" | "last") | number;
}
/**
 * The runs that are asked about.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "HeldBody".
 */
export interface HeldBody {
  /**
   * @maxItems 1000
   */
  ids: string[];
}
/**
 * A showcase that shows something of some of the runs.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "HolderFacts".
 */
export interface HolderFacts {
  id: string;
  title: string;
  run_ids: string[];
}
/**
 * Every showcase that shows something of the runs.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Holders".
 */
export interface Holders {
  holders: HolderFacts[];
}
/**
 * Words of an item; what is left out stays.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ItemChange".
 */
export interface ItemChange {
  caption?: string | null;
  text?: string | null;
}
/**
 * The ids of the items, in the order that is wanted.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ItemOrder".
 */
export interface ItemOrder {
  /**
   * @maxItems 200
   */
  items: string[];
}
/**
 * A frame that is a picture of its own now, by its reference.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "KeptFrame".
 */
export interface KeptFrame {
  ref: string;
}
/**
 * The file that is the logo now.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "KeptLogo".
 */
export interface KeptLogo {
  name: string;
}
/**
 * When the link ends and what it asks for.
 *
 * `ends` is in days from now, or on the day that `expires_at` names in seconds since the epoch;
 * `passphrase` is None to leave it, and "" to ask for none.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LinkBody".
 */
export interface LinkBody {
  ends?: "keep" | "never" | "1" | "7" | "30" | "date";
  expires_at?: number | null;
  passphrase?: string | null;
}
/**
 * The showcase that was made.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MadeShowcase".
 */
export interface MadeShowcase {
  id: string;
}
/**
 * Words of the maker: of an item, or in answer to a comment. Asked twice, they stand once.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MakerComment".
 */
export interface MakerComment {
  item_id: string;
  text: string;
  answers?: string | null;
  id?: string;
}
/**
 * Under which name somebody writes.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NameBody".
 */
export interface NameBody {
  name: string;
}
/**
 * A showcase that is to be made; asked twice with one `id`, it is one.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NewShowcase".
 */
export interface NewShowcase {
  title: string;
  id?: string;
}
/**
 * Words between the results, which may still be empty.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NewText".
 */
export interface NewText {
  text?: string;
}
/**
 * What is the user's own in a run; what is left out stays as it is.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Own".
 */
export interface Own {
  title?: string | null;
  remark?: string | null;
  favourite?: boolean | null;
}
/**
 * A form, and how it is to be varied; `plan_id` makes starting twice safe.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PlanBody".
 */
export interface PlanBody {
  filled: FormBody;
  lists?: {
    [k: string]: unknown[];
  };
  repeats?: number;
  plan_id?: string | null;
}
/**
 * Why something was refused: a sentence for each field, under "" for all of it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Problems".
 */
export interface Problems {
  problems: {
    [k: string]: string;
  };
}
/**
 * Whether what a comment asks for is done.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Resolution".
 */
export interface Resolution {
  is_resolved: boolean;
}
/**
 * Whether what a comment asks for is done.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ResolvedBody".
 */
export interface ResolvedBody {
  is_resolved: boolean;
}
/**
 * What was said after a version, up to `version`; `content_version` is that of the page.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReviewNews".
 */
export interface ReviewNews {
  version: number;
  content_version: number;
  comments: ShownComment[];
  verdicts: ShownVerdict[];
}
/**
 * A comment as guests see it; `is_own` is that of who asks.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ShownComment".
 */
export interface ShownComment {
  id: string;
  item_id: string;
  author: string;
  text: string;
  place: PlaceBody | null;
  answers: string | null;
  is_resolved: boolean;
  is_deleted: boolean;
  is_own: boolean;
  is_maker: boolean;
  created_at: number;
}
/**
 * What a guest thinks of an item; `guest_id` tells those of one name apart.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ShownVerdict".
 */
export interface ShownVerdict {
  item_id: string;
  guest_id: string;
  author: string;
  verdict: Verdict;
  is_favourite: boolean;
  is_own: boolean;
}
/**
 * What is to be another; what is left out stays. `shown` names only what changes.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ShowcaseChange".
 */
export interface ShowcaseChange {
  title?: string | null;
  introduction?: string | null;
  accent?: string | null;
  cover_item?: string | null;
  logo?: string | null;
  shown?: {
    [k: string]: boolean;
  } | null;
}
/**
 * A plan that is to be run.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "StartBody".
 */
export interface StartBody {
  filled: FormBody;
  lists?: {
    [k: string]: unknown[];
  };
  repeats?: number;
  plan_id: string;
}
/**
 * Which file is not to be looked at any more.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "StopBody".
 */
export interface StopBody {
  run_id?: string | null;
  origins?: {
    [k: string]: Origin;
  };
  values: Record<string, any>;
  chosen?: {
    [k: string]: Record<string, any>;
  };
  names?: {
    [k: string]: string;
  };
  numbered?: NumberedReference[];
  holder?: string;
  offers?: boolean;
  source: string;
  kind: "image" | "video";
}
/**
 * A file that is kept, by its reference.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Uploaded".
 */
export interface Uploaded {
  ref: string;
  remembered: EmbeddedSettings | null;
}
/**
 * What somebody thinks of an item; what is left out stays as it was.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "VerdictBody".
 */
export interface VerdictBody {
  item_id: string;
  verdict?: Verdict | null;
  is_favourite?: boolean | null;
}
