// This file is plain JavaScript, because `npm run help` imports it before any package is installed.

/**
 * What a user must know about a runbook before a run.
 * @typedef {object} Declaration
 * @property {string} subject heading in `npm run help`, as in run.mjs
 * @property {string} purpose what the runbook does, without a capital letter and a full stop
 * @property {string} changes what it creates, updates or deletes in the account: `no`, `yes`, or the resource
 * @property {string} costs what a run costs, or `no`
 * @property {boolean} asks whether it asks before the change; it then has `--yes` and `--dry-run`
 */

const [start, everyDay, wrong] = ["Start", "Every day", "When something is wrong"];

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
    doctor: declared(start, "check your AWS account before the first pulumi up: permissions, quotas, prices"),
    "diagnose-access": declared(wrong, "find out why an import cannot read its data, and how to fix it"),
    "audit-leftovers": declared(wrong, "list what AWS still bills after a deletion, with the commands that delete it"),
    recommend: declared(everyDay, "print and explain the recommendations for users"),
    "watch-status": declared(everyDay, "show the state of each resource, and the next step"),
    "flush-cache": declared(wrong, "discard the API's cached lists", {
        changes: "the API's table",
        costs: "calls above the minimum TPS",
        asks: true,
    }),
    hide: declared(wrong, "leave items out of all lists at once", {
        changes: "the API's table",
    }),
    "update-items": declared(everyDay, "send new and changed items and users, without a training", {
        changes: "yes",
        costs: "ingestion",
    }),
    experiment: declared(everyDay, "say whether the campaign brings more watches, and what each of them costs"),
    "forget-viewer": declared(everyDay, "delete viewers' data from the API and from Personalize", {
        changes: "yes",
        costs: "AWS names no price",
        asks: true,
    }),
    retrain: declared(everyDay, "train on new data; switch to the new version if it passes the quality gate", {
        changes: "yes",
        costs: "import, training",
    }),
    versions: declared(everyDay, "list all trained versions with data, quality and cost"),
    rollback: declared(wrong, "switch the campaign to an earlier version, which `pulumi up` then keeps", {
        changes: "yes",
        asks: true,
    }),
    park: declared(everyDay, "delete the campaign to stop its cost; the trained version remains", {
        changes: "yes",
        asks: true,
    }),
    resume: declared(everyDay, "create a parked campaign again, without a training", {
        changes: "yes",
        costs: "the campaign",
        asks: true,
    }),
    "cost-report": declared(everyDay, "compare the bill with the estimate", { costs: "≈ $0.01" }),
    "budget-alarms": declared(wrong, "show why no alarm arrives, and send a test notification", {
        changes: "with `--create`",
        asks: true,
    }),
    "publish-metrics": declared(everyDay, "publish quality and age of the data as metrics, which two alarms need", {
        changes: "metrics",
        costs: "metrics",
    }),
};
