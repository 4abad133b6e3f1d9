import * as sdk from "@aws-sdk/client-personalize";
import { formatError, hasName } from "terminal-text";
import { BusyError } from "./errors.ts";
import {
    type CommonInputs,
    firstMatch,
    firstNamed,
    isUnknown,
    nameProblems,
    problemUnless,
    type ResourceKind,
    requireArn,
    standing,
} from "./resource.ts";
import { tagList } from "./tags.ts";

export interface FilterInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /** Earlier name: a filter that is deployed with this name keeps it until its replacement. Default: none. */
    readonly formerName?: string;
    /** ARN of the dataset group. */
    readonly datasetGroupArn: string;
    /**
     * Expression of the filter, for example `EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")` (Developer
     * Guide, "Filter expressions").
     */
    readonly filterExpression: string;
}

const longestExpression = 2500;

/** A token of a filter expression: a quoted text, a placeholder, a word, an operator, or any other character. */
const token = /"(?:[^"\\]|\\.)*"|\$\w+|\w+|[<>!]=|\S/gsu;

/**
 * Returns a filter expression in one spelling, for comparisons: words in upper case, and one space between two tokens.
 * Keeps quoted texts and placeholders, because Personalize distinguishes their case (Developer Guide, "Filter
 * expressions").
 */
export const spellingOfFilter = (expression: string): string =>
    (expression.match(token) ?? []).map((one) => (/^["$]/.test(one) ? one : one.toUpperCase())).join(" ");

/** A filter. Personalize cannot change a filter, so a new expression replaces it. */
export const filter: ResourceKind<FilterInputs> = {
    noun: "filter",
    usual: "seconds to 6 minutes",
    deadlineMinutes: 30,
    replaces: ["region", "name", "datasetGroupArn", "filterExpression"],
    updates: [],
    noted: ["formerName"],
    identity: ["region", "name"],
    spellings: { filterExpression: spellingOfFilter },
    taggable: true,
    displayName: ({ name }) => name,
    problems: ({ name, filterExpression }) => [
        ...nameProblems(name),
        ...problemUnless(
            isUnknown(filterExpression) || filterExpression.length <= longestExpression,
            "filterExpression",
            `is longer than ${longestExpression} characters`,
        ),
    ],
    notes: (olds, { name, formerName }) => ({
        name: olds.name !== undefined && olds.name === formerName ? formerName : name,
    }),
    find: async (client, { name }) =>
        (await firstNamed(sdk.paginateListFilters({ client }, {}), "Filters", name))?.filterArn,
    async create(client, { name, datasetGroupArn, filterExpression, tags }) {
        const command = new sdk.CreateFilterCommand({ name, datasetGroupArn, filterExpression, tags: tagList(tags) });
        try {
            return requireArn((await client.send(command)).filterArn);
        } catch (error) {
            // LimitExceededException has two causes: too many filters are being created, or the account has too many
            // filters. Only the first is temporary.
            const isBusy = hasName(error, "LimitExceededException") && (await isCreatingFilters(client));
            throw isBusy ? new BusyError(formatError(error), { cause: error }) : error;
        }
    },
    async describe(client, filterArn) {
        const { filter: description } = await client.send(new sdk.DescribeFilterCommand({ filterArn }));
        const { name, datasetGroupArn, filterExpression } = description ?? {};
        return { ...standing(description), properties: { name, datasetGroupArn, filterExpression } };
    },
    delete: (client, filterArn) => client.send(new sdk.DeleteFilterCommand({ filterArn })),
};

/** Checks whether the account has filters that are being created. */
const isCreatingFilters = async (client: sdk.PersonalizeClient): Promise<boolean> =>
    (await firstMatch(sdk.paginateListFilters({ client }, {}), "Filters", ({ status = "" }) =>
        /^CREATE (?:PENDING|IN_PROGRESS)$/.test(status),
    )) !== undefined;
