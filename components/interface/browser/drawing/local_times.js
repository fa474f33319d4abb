// Times that the server tells in UTC, as clocks are set where the page is read.

const UTC_CLOCK = /\b(\d{2}):(\d{2}):(\d{2}) UTC\b/g;

/** @param {string} _ @param {string} hours @param {string} minutes @param {string} seconds */
const local = (_, hours, minutes, seconds) => {
  const time = new Date();
  time.setUTCHours(Number(hours), Number(minutes), Number(seconds));
  return time.toLocaleTimeString([], { timeStyle: "medium" });
};

/** @param {ParentNode} root */
export const tellTimes = (root) => {
  for (const time of root.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
  }
  for (const message of root.querySelectorAll(".message")) {
    message.textContent = (message.textContent ?? "").replace(UTC_CLOCK, local);
  }
};
