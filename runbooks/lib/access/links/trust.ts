import { assumeRole, evaluate } from "policy-evaluator";
import { evaluator, type Link, linkOf, type Scene, unknownLink } from "../link.ts";
import { whyNot } from "../why.ts";
import { broken, read } from "./policies.ts";

const name = "trust policy";

/** Whether Personalize may become the role for this account's jobs. IAM's simulator never judges a trust policy. */
export function trust({ snapshot: { role: fetched }, of }: Scene): Link {
    if ("unread" in fetched || !fetched.is) {
        return unknownLink(name, evaluator, "unread" in fetched ? fetched.unread : "there is no role");
    }
    const { policies, problems } = read([{ name, text: fetched.is.trust }], "resource");
    if (problems.length > 0) {
        return unknownLink(name, evaluator, problems.join("; "));
    }
    const request = assumeRole(of);
    const { decision } = evaluate(request, policies, "resource");
    const reasons = decision === "allowed" ? [] : whyNot(request, policies, "trust", of);
    return linkOf(name, evaluator, "Personalize may assume the role", broken(reasons, "trust"));
}
