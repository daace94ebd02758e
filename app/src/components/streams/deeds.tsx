/** What can be done with a stream: each with the instruction, and a receipt that says what it changes. */

export { closeReview, closeStream, hold, lapse } from "./deeds/open";
export { type Update, fileUpdate, giveBack, redirect } from "./deeds/own";
export { score, verdictOf } from "./deeds/review";
export { type Subject, streamLine } from "./deeds/subject";
export { WITHDRAWALS, withdraw, withdrawSeveral } from "./deeds/withdraw";
