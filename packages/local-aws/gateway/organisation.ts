import { describeProblems, type NamedPolicy, type PolicyDocument, parsePolicy } from "policy-evaluator";

/** The policies of each level from the organization's root to the account. */
export type Levels = readonly (readonly NamedPolicy[])[];

/**
 * Service control policies of the account. On AWS, the management account attaches them; here, `PUT
 * /_local/organisation` does. They limit users, roles and sessions but no service (Organizations User Guide, "Service
 * control policies"). They last until the process ends.
 */
export interface Organisation {
    /** All policies, as `authorize` expects them; undefined if the account is in no organization. */
    levels(): Levels | undefined;
    /** The policies that IAM's simulator evaluates: only those without conditions. */
    simulated(): Levels | undefined;
    /** Attaches a policy to the account. Returns the error of an invalid policy. */
    attach(text: string): string | undefined;
}

/** Each organization has this policy, to which deny lists are added. */
const fullAccess: NamedPolicy = {
    name: "FullAWSAccess",
    document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
};
const maxCharacters = 5120;

/** Creates an organization without service control policies. */
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
