import { dateOf } from "access-doctor/times";
import { maxTypesAndColumns } from "../avro.ts";
import { count, counted } from "../words.ts";
import { coldBelow, type Figures } from "./figures.ts";

type Level = "green" | "amber" | "red";

/** One check of the data. */
export interface Check {
    readonly id: string;
    readonly level: Level;
    /** The checked figure in words. */
    readonly found: string;
    /** The document that states the limit. */
    readonly reference: string;
    /** What to do if the level is amber or red. */
    readonly advice: string;
}

/** Counts that the checks need in addition to the figures of the interactions. */
export interface Counts {
    readonly repeated: number;
    readonly skipped: number;
    readonly eventTypes: number;
    readonly optionalColumns: number;
    /** Number of catalog items without an event, and number of users of the users table without an event. */
    readonly itemsWithoutEvents: number;
    readonly usersWithoutEvents: number;
    /** Epoch seconds. */
    readonly now: number;
}

const day = 86_400;
const quotas = "Developer Guide, Quotas";
/** Minimum number of interactions for an import and a training (Developer Guide, Quotas). */
export const fewestInteractions = 1000;
/** Maximum number of items that User-Personalization uses in a training. */
const maxItems = 750_000;

const percent = (share: number) => `${(share * 100).toPrecision(3)} %`;
const days = (value: number) => counted(value, "day");

/** Checks the data. Red stops `pulumi up` before anything is billed; amber is advice. */
export function checkFigures(figures: Figures, counts: Counts): Check[] {
    const { rows, users, items, firstTimestamp, lastTimestamp, longestGap, mostOfUser, mostOfItem } = figures;
    const read = rows + counts.repeated + counts.skipped;
    const usable = (users - figures.coldUsers) / Math.max(1, users);
    const spanDays = (lastTimestamp - firstTimestamp) / day;
    const ageDays = (counts.now - lastTimestamp) / day;
    const ofUser = mostOfUser.rows / Math.max(1, rows);
    const check = (
        id: string,
        [red, amber]: readonly [boolean, boolean],
        found: string,
        advice: string,
        reference = "this project",
    ): Check => {
        const level = red ? "red" : amber ? "amber" : "green";
        return { id, level, found, reference, advice: level === "green" ? "" : advice };
    };
    return [
        check(
            "interactions",
            [rows < fewestInteractions, rows < 50_000],
            counted(rows, "interaction"),
            "Add older or other events. With few, lists are close to the popular items.",
            `${quotas}: at least 1,000; advice: 50,000`,
        ),
        check(
            "users",
            [users - figures.coldUsers < 25, users < 1000],
            counted(users, "user"),
            "Add users. With few, tastes cannot be distinguished.",
            `${quotas}: at least 25 with two events; advice: 1,000`,
        ),
        check(
            "returning-users",
            [usable < 0.01, usable < 0.3],
            `${percent(usable)} of the users have ${coldBelow.user} events or more`,
            "Check that a user keeps one id across sessions.",
            `${quotas}: at least 1 %`,
        ),
        check(
            "span",
            [spanDays === 0, spanDays < 7],
            `${dateOf(firstTimestamp)} to ${dateOf(lastTimestamp)}, ${days(Math.round(spanDays))}`,
            "Check the column of times: events with one time have no order.",
            "Developer Guide, Preparing training data: the order of events is what is learned",
        ),
        check(
            "one-user",
            [ofUser > 0.5, ofUser > 0.05],
            `the busiest user has ${percent(ofUser)} of the events`,
            `Check user "${mostOfUser.id}": a bot, a test account, or an id that means no user.`,
        ),
        check(
            "one-item",
            [false, mostOfItem.rows > 0.2 * rows],
            `the most popular item has ${percent(mostOfItem.rows / Math.max(1, rows))} of the events`,
            `Check item "${mostOfItem.id}": a bag, a gift card, or an id that means no item.`,
        ),
        check(
            "popularity",
            [false, figures.gini > 0.9],
            `Gini coefficient ${figures.gini.toFixed(2)} of the items' events`,
            "Few items have nearly all events. Lists will show these, and few others.",
        ),
        check(
            "repeated-events",
            [counts.repeated > 0.5 * read, counts.repeated > 0.01 * read],
            `${counted(counts.repeated, "event")} equal to another one`,
            "Check the export: it may have joined a table twice.",
            "Developer Guide, Importing bulk data: equal events count once",
        ),
        check(
            "unusable-rows",
            [false, counts.skipped > 0.01 * read],
            counted(counts.skipped, "unusable row"),
            "See their reasons:  --bad-rows quarantine FILE",
        ),
        check(
            "times",
            [false, figures.early > 0],
            `${counted(figures.early, "event")} before 1995, ${percent(figures.early / Math.max(1, rows))} of all`,
            "Check --time: with a wrong format, events seem to be from 1970.",
        ),
        check(
            "gap",
            [false, longestGap.days > 7 && longestGap.days > spanDays / 10],
            `the longest gap has ${days(longestGap.days)}${longestGap.days > 0 ? `, from ${dateOf(longestGap.from)}` : ""}`,
            "Check whether files of these days are missing.",
        ),
        check(
            "busiest-day",
            [false, figures.busiestDay.rows > 0.5 * rows && spanDays > 7],
            `${dateOf(figures.busiestDay.start)} has ${percent(figures.busiestDay.rows / Math.max(1, rows))} of the events`,
            "Check for a day on which a migration wrote all older events.",
        ),
        check(
            "age",
            [false, ageDays > 90],
            `the newest event is ${days(Math.round(ageDays))} old`,
            "Import newer events before you rely on the lists.",
        ),
        check(
            "cold-items",
            [false, counts.itemsWithoutEvents > items],
            `${counted(figures.coldItems, "item")} with fewer than ${coldBelow.item} events, ${count(counts.itemsWithoutEvents)} of the catalog without any`,
            "Check that both tables spell item ids equally.",
            "Developer Guide, Similar-Items: an item is cold below 5 events",
        ),
        check(
            "cold-users",
            [false, counts.usersWithoutEvents > users],
            `${counted(figures.coldUsers, "user")} with one event, ${count(counts.usersWithoutEvents)} of the table without any`,
            "Check that both tables spell user ids equally.",
        ),
        check(
            "item-limit",
            [false, items > maxItems],
            counted(items, "item"),
            "The rarest items are left out of the training. Choose aws-user-personalization-v2, which takes 5,000,000.",
            `${quotas}: User-Personalization considers ${count(maxItems)}`,
        ),
        check(
            "types-and-columns",
            [counts.eventTypes + counts.optionalColumns > maxTypesAndColumns, false],
            `${counted(counts.eventTypes, "event type")} and ${counted(counts.optionalColumns, "optional column")}`,
            "Give fewer types by a rule of --event.",
            `${quotas}: ${maxTypesAndColumns} together`,
        ),
    ];
}
