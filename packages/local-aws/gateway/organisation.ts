import { describeProblems, type NamedPolicy, type PolicyDocument, parsePolicy } from "policy-evaluator";

/** One list of policies for each level from the organisation's root to the account. */
export type Levels = readonly (readonly NamedPolicy[])[];

/**
 * Service control policies of the account's organisation. On AWS the management account writes them; here it is
 * `PUT /_local/organisation`. They limit users, roles and sessions, never a service (Organizations User Guide, "Service
 * control policies"). They are forgotten with the process.
 */
export interface Organisation {
    /** As `authorize` takes them; undefined while the account is in no organisation. */
    levels(): Levels | undefined;
    /** The levels that IAM's simulator evaluates: it leaves out policies with conditions. */
    simulated(): Levels | undefined;
    /** Attaches a policy to the account; returns the problem with its text, if any. */
    attach(text: string): string | undefined;
}

/** Every organisation has it, and a deny list adds to it. */
const fullAccess: NamedPolicy = {
    name: "FullAWSAccess",
    document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
};
const maxCharacters = 5120;

/** An organisation without service control policies; tests attach them. */
export function createOrganisation(): Organisation {
    const attached: NamedPolicy[] = [];
    const level = (policies: readonly NamedPolicy[]) =>
        attached.length === 0 ? undefined : [[fullAccess, ...policies]];
    return {
        levels: () => level(attached),
        simulated: () => level(attached.filter(({ document }) => !hasConditions(document))),
        attach(text) {
            const parsed = parsePolicy(text, "identity", maxCharacters);
            if (!("document" in parsed)) return describeProblems(parsed.problems);
            attached.push({ name: `service control policy ${attached.length + 1}`, document: parsed.document });
            return undefined;
        },
    };
}

const hasConditions = ({ Statement }: PolicyDocument) =>
    [Statement].flat().some((statement) => statement?.Condition !== undefined);
