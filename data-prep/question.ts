import { dateOf, isCertain, readTimes } from "access-doctor/times";
import { visible } from "terminal-text";
import type { Guess } from "./reading/guess.ts";
import type { Role } from "./reading/roles.ts";
import { type Table, valuesOf } from "./reading/table.ts";
import { type Suggest, withColumns } from "./suggestion.ts";
import { abbreviate } from "./values.ts";

/** Returns a column of a table as the option `--columns` names it: by its name, or by its number from 1. */
export function nameOfColumn({ hasHeader, names }: Table, index: number): string {
    const name = names[index] as string;
    const isNameable = /^(?!\d+$)[^\s,\p{C}]([^,\p{C}]*[^\s,\p{C}])?$/u.test(name) && names.indexOf(name) === index;
    return hasHeader && isNameable ? name : String(index + 1);
}

/**
 * Returns the question about a table whose user, item or time is unsure: each role with the guess, two of its values and,
 * if it is unsure, other likely columns, and one command that has the whole guess. A role without any likely column is `NAME`.
 *
 * @param given the user's text of `--columns`
 * @param now epoch seconds
 */
export function columnsQuestion(
    table: Table,
    { roles, unsure, others }: Guess,
    given: string | undefined,
    now: number,
    suggest: Suggest,
): Error {
    const examples = (column: number) =>
        [...new Set(valuesOf(table, column))].slice(0, 2).map((value) => abbreviate(value, 40));
    const shown = (column: number) => `${visible(table.names[column] as string)} (${examples(column).join(", ")})`;
    const readings = roles.time === undefined ? [] : readTimes(valuesOf(table, roles.time), now);
    const [reading, ...otherReadings] = readings;
    const isSure = reading !== undefined && otherReadings.length === 0 && isCertain(reading);
    const dates = isSure
        ? ""
        : readings.map(({ seconds, format }) => `, ${dateOf(seconds)} by --time '${format}'`).join("");
    const lines = (["user", "item", "time", "event"] as const).map((role) => {
        const column = roles[role];
        const likely = role === "event" || unsure.includes(role) ? others(role).map(shown) : [];
        const none = role === "event" ? "none, every event is Watch" : "none found";
        const guess = column === undefined ? none : shown(column) + (role === "time" ? dates : "");
        return `  ${role.padEnd(6)} ${[guess, ...likely].join("; or ")}`;
    });
    const listed = new Set([...(["user", "item", "time"] as const), ...(Object.keys(roles) as Role[])]);
    const nameOf = (column: number | undefined) => (column === undefined ? "NAME" : nameOfColumn(table, column));
    const columns = Object.fromEntries([...listed].map((role) => [role, nameOf(roles[role])]));
    const isWhole = !Object.values(columns).includes("NAME");
    const time = reading && !isSure && { time: reading.format };
    const command = suggest({ columns: withColumns(given, columns), ...time });
    return new Error(
        `${table.name}: no column is clearly the ${unsure.join(" or the ")}. The guess, with values:\n` +
            `${lines.join("\n")}\n` +
            (roles.time === undefined ? "Amazon Personalize needs the time of each interaction.\n" : "") +
            `All columns: ${table.names.map(visible).join(", ")}\n` +
            `${isWhole ? "Correct the columns in this command, or run it as it is" : "Complete this command"}:  ${command}`,
    );
}
