import { visible } from "terminal-text";
import { isNumber } from "./attributes/content.ts";
import type { ConvertResult } from "./convert.ts";
import { possibleDecimals, withPoint } from "./numbers.ts";
import { ruleOfTypes } from "./reading/event-rule.ts";
import { plain } from "./reading/roles.ts";
import type { Plan } from "./row-writer.ts";
import type { Suggest } from "./suggestion.ts";
import { typesByRows } from "./summary.ts";
import { counted } from "./words.ts";

/** First words of event types that show dislike, or that revoke another event: English, German, French, Spanish. */
const negativeWords = [
    "skip|dislike|unlike|thumbs?[_ -]?down|down[_ -]?vote|hide|block|not[_ -]?interested|remove|delete|cancel|return",
    "refund|unsubscribe|unfollow|storn|retour|übersp|uebersp|ausblend|entfern|abbrech|abgebroch|kündig|kuendig",
    "gefällt[_ -]?(mir[_ -]?)?nicht|ignor|masqu|supprim|annul|rembours|retir|saltar|omit|elimin|quitar|devol|anul",
];
const negativeType = new RegExp(`^(${negativeWords.join("|")})`, "i");
const ratingNames = ["rating", "ratings", "stars", "score", "overall", "grade", "bewertung", "sterne"];
/** Rating scales, by their highest value. */
const scales = [5, 10];

/**
 * Lists negative events and low ratings, each with the command that leaves them out. Personalize learns from them as
 * from any other event. Nothing is left out automatically.
 */
export function negativeEvents(
    [plan]: readonly Plan[],
    eventTypes: ConvertResult["eventTypes"],
    suggest: Suggest,
): string[] {
    if (plan === undefined) return [];
    const { table, roles, event } = plan;
    if (event === undefined && roles.event !== undefined) {
        const types = typesByRows(eventTypes);
        const negative = types.filter(({ name }) => negativeType.test(name));
        const others = types.filter((type) => !negative.includes(type)).map(({ name }) => name);
        if (negative.length === 0 || others.length === 0) return [];
        const listed = negative.map(({ name, rows }) => `${visible(name)} (${counted(rows, "row")})`);
        const rule = ruleOfTypes(table.names[roles.event] as string, others);
        return [
            `Negative events train like all others: ${listed.join(", ")}. Leave them out:  ${suggest({ event: rule })}`,
        ];
    }
    const column = table.names.findIndex((name) => ratingNames.includes(plain(name)));
    if (typeof event !== "string" || column < 0 || Object.values(roles).includes(column)) return [];
    const ratings = table.sample.map((row) => row[column] ?? "");
    const [decimal] = possibleDecimals(ratings);
    const values = ratings.map((rating) => withPoint(rating, decimal)).filter(isNumber);
    const scale = scales.find((most) => values.every((value) => Number(value) <= most));
    const least = 0.6 * (scale ?? 0);
    const low = values.filter((value) => Number(value) < least).length;
    if (scale === undefined || low === 0) return [];
    const name = table.names[column] as string;
    const share = `${((100 * low) / values.length).toPrecision(2)} % of the first ${values.length} ratings are below ${least}`;
    return [
        `${share}, and train like all others. Leave them out:  ${suggest({ event: `${name} >= ${least} -> ${event}` })}`,
    ];
}
