// This file is plain JavaScript, because `npm run help` imports it before any package is installed.

/**
 * What a user must know about a runbook before a run.
 * @typedef {object} Declaration
 * @property {string} subject heading in `npm run help`
 * @property {string} purpose what the runbook does, without a capital letter and a full stop
 * @property {string} changes what it creates, updates or deletes in the account: `no`, `yes`, or the resource
 * @property {string} costs what a run costs, or `no`
 * @property {boolean} asks whether it asks before the change; it then has `--yes` and `--dry-run`
 */

const before = "Before and after `pulumi up`";
const [recommendations, training, money] = ["Recommendations", "Training", "Money"];

/** @type {Omit<Declaration, "subject" | "purpose">} */
const usual = { changes: "no", costs: "no", asks: false };

/**
 * Declares a runbook. By default, it changes nothing and costs nothing.
 * @param {string} subject
 * @param {string} purpose
 * @param {Partial<Declaration>} more
 */
const declared = (subject, purpose, more = {}) => {
    return { ...usual, subject, purpose, ...more };
};

/**
 * All runbooks by the name of their npm script. Their `--help`, `npm run help` and the table of docs/runbooks.md have
 * these texts.
 * @satisfies {Readonly<Record<string, Declaration>>}
 */
export const runbooks = {
    doctor: declared(before, "check what the first pulumi up would find out only halfway"),
    "diagnose-access": declared(before, "find why an import cannot read its data, with the fix"),
    "audit-leftovers": declared(before, "list resources that belong to no stack, with their cost and delete commands"),
    recommend: declared(recommendations, "print the campaign's recommendations for users"),
    "watch-status": declared(recommendations, "show the state of each resource, and the next step"),
    "flush-cache": declared(recommendations, "make the API request every list from the campaign again", {
        changes: "the API's table",
        costs: "calls above the minimum TPS",
        asks: true,
    }),
    hide: declared(recommendations, "leave items out of all lists at once, without `pulumi up`", {
        changes: "the API's table",
    }),
    "update-items": declared(recommendations, "send new and changed items and users, without a training", {
        changes: "yes",
        costs: "ingestion",
    }),
    "forget-viewer": declared(recommendations, "delete viewers' data from the API and from Personalize", {
        changes: "yes",
        asks: true,
    }),
    retrain: declared(training, "train on new data; switch to the new version if it passes the quality gate", {
        changes: "yes",
        costs: "import, training",
    }),
    versions: declared(training, "list every trained version: its data, quality and cost"),
    rollback: declared(training, "switch the campaign to an earlier version, which `pulumi up` then keeps", {
        changes: "yes",
        asks: true,
    }),
    park: declared(money, "delete the campaign to stop its cost; the trained version remains", {
        changes: "yes",
        asks: true,
    }),
    resume: declared(money, "create a parked campaign again, with the same version and minimum TPS", {
        changes: "yes",
        costs: "the campaign",
        asks: true,
    }),
    "cost-report": declared(money, "compare the bill with the prediction", { costs: "≈ $0.01" }),
    "budget-alarms": declared(money, "show and test the budget, the alarms and their recipients", {
        changes: "with `--create`",
        asks: true,
    }),
    "publish-metrics": declared(money, "publish metrics that Personalize itself does not publish", {
        changes: "metrics",
        costs: "metrics",
    }),
};
