import { describeProblems, type NamedPolicy, type PolicyDocument, parsePolicy } from "policy-evaluator";

/** The policies of each level from the organization's root to the account. */
export type Levels = readonly (readonly NamedPolicy[])[];

/**
 * Service control policies of the account. On AWS, the management account attaches them; here, a call of `PUT
 * /_local/organisation` does. They limit users, roles and sessions, but no service principals (Organizations User
 * Guide, "Service control policies"). They are kept in memory until the local AWS stops.
 */
export interface Organisation {
    /**
     * Returns the service control policies of all levels, as `authorize` expects them; undefined if no policy is
     * attached.
     */
    levels(): Levels | undefined;
    /** Returns the service control policies that IAM's simulator evaluates: only those without conditions. */
    simulated(): Levels | undefined;
    /** Attaches a policy to the account. Returns an error message if the policy is invalid. */
    attach(text: string): string | undefined;
}

/** The policy with which each organization starts. It allows everything, so the attached policies only need to deny. */
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
