import { personalizeService } from "policy-evaluator";
import { type Finding, type Link, linkOf, type Scene, simulator, unknownLink } from "../link.ts";

const name = "iam:PassRole of whoever imports";

/** Whether the identity that asks may hand the role to Personalize; `iam:PassedToService` is what the call carries. */
export function passRole({ snapshot }: Scene): Link {
    const { passRole: fetched, caller, roleArn } = snapshot;
    if ("unread" in fetched) {
        return unknownLink(name, simulator, fetched.unread);
    }
    const [toPersonalize, toAny] = fetched.is;
    if (!toPersonalize || toPersonalize.decision === "allowed") {
        return linkOf(name, simulator, `${caller} may pass the role to ${personalizeService}`, []);
    }
    const evidence = [
        `${caller}: iam:PassRole on ${roleArn} with {"iam:PassedToService":"${personalizeService}"} is ${toPersonalize.decision}`,
        ...toPersonalize.matched.map((policy) => `decided by ${policy}`),
    ];
    // Asked without the service, a statement for another one says which key it misses.
    const otherService = toAny !== undefined && toAny.decision !== "explicitDeny" && toAny.missing.length > 0;
    const finding: Finding = otherService
        ? {
              ...{ fault: "passrole-other-service", verdict: "broken", place: "passRole" },
              sentence: `${caller} may pass the role, but not to ${personalizeService}.`,
              evidence: [...evidence, `without a service the same call lacks ${toAny.missing.join(", ")}`],
          }
        : {
              ...{ fault: "passrole-missing", verdict: "broken", place: "passRole" },
              sentence: `${caller} may not pass the role to ${personalizeService}.`,
              evidence,
          };
    return linkOf(name, simulator, "", [finding]);
}
