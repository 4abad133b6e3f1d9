import { accountOf, type PolicyDocument, type Statement, toList } from "policy-evaluator";

/** The resource-based policy of a function or topic, as the service returns it; undefined without a policy. */
export interface ResourcePolicy {
    readonly arn: string;
    readonly text: string | undefined;
}

/**
 * Returns names of statements that allow a call by anybody but AWS services of this account, such as
 * `movie-recommender-api: api-gateway`. The program grants access only to services, each with an `aws:SourceArn` or
 * `aws:SourceAccount` of the account. A policy that is not JSON counts as one statement.
 */
export function foreignStatements(policies: readonly ResourcePolicy[]): readonly string[] {
    return policies.flatMap(({ arn, text }) => {
        const name = arn.slice(arn.lastIndexOf(":") + 1);
        return parseStatements(text).flatMap((statement, index) => {
            const isOurs = statement?.Effect === "Deny" || (statement && isConfined(statement, accountOf(arn) ?? ""));
            const sid = typeof statement?.Sid === "string" ? statement.Sid.slice(0, 60) : `statement ${index + 1}`;
            return isOurs ? [] : [`${name}: ${sid}`];
        });
    });
}

function parseStatements(text: string | undefined): readonly (Statement | undefined)[] {
    if (text === undefined) return [];
    try {
        return toList((JSON.parse(text) as PolicyDocument).Statement);
    } catch {
        return [undefined];
    }
}

/** Condition operators that exclude all other sources. `IfExists` and `ForAllValues:` do not exclude them. */
const equals = new Set("StringEquals StringLike ArnEquals ArnLike".toLowerCase().split(" "));

function isConfined({ Principal, NotPrincipal, Condition }: Statement, account: string): boolean {
    const isService = typeof Principal === "object" && Object.keys(Principal).every((kind) => kind === "Service");
    if (!isService || NotPrincipal !== undefined) return false;
    return Object.entries(Condition ?? {}).some(
        ([operator, keys]) =>
            equals.has(operator.toLowerCase()) &&
            Object.entries(keys).some(([key, values]) => {
                const ofAccount = (value: unknown) =>
                    key.toLowerCase() === "aws:sourcearn" ? accountOf(String(value)) === account : value === account;
                return (
                    ["aws:sourcearn", "aws:sourceaccount"].includes(key.toLowerCase()) &&
                    toList(values).every(ofAccount)
                );
            }),
    );
}
