import type { Emulator, EmulatorRequest } from "local-personalize";
import type { Directory, NamedCall, NamedCheck, Principal } from "./directory.ts";
import type { PassedRole } from "./passed-roles.ts";
import { nameOfPersonalizeCall, tagsOf } from "./personalize-call.ts";

/** The permission to pass a role to a service (IAM User Guide, "Grant a user permissions to pass a role"). */
export async function passCheck(directory: Directory, { roleArn, service }: PassedRole): Promise<NamedCheck> {
    const role = await directory.role(roleArn.split("/").at(-1) ?? "");
    const tags = role?.arn === roleArn ? tagContext(role.tags) : {};
    return {
        action: "iam:PassRole",
        resource: roleArn,
        context: { "iam:PassedToService": service, ...tags },
        policy: null,
    };
}

/** The permissions of a Personalize call, with the tags of its resource if a policy of the principal uses them. */
export async function personalizeChecks(
    emulator: Emulator,
    call: EmulatorRequest,
    principal: Limits,
    account: string,
): Promise<NamedCall> {
    const named = await nameOfPersonalizeCall(emulator, call, account);
    const [first] = named.checks;
    if (!first || /^personalize:(Create|List)/.test(first.action) || !first.resource.startsWith("arn:")) {
        return named;
    }
    if (!asksForTags(principal)) {
        return named;
    }
    const context = tagContext(await tagsOf(emulator, first.resource, call.region));
    return { ...named, checks: named.checks.map((check) => ({ ...check, context: { ...context, ...check.context } })) };
}

type Limits = Pick<Principal, "identity" | "boundary" | "session">;

const asking = new WeakMap<Limits, boolean>();

function asksForTags(principal: Limits): boolean {
    const { identity, boundary, session } = principal;
    const asks = asking.get(principal) ?? /aws:ResourceTag/i.test(JSON.stringify([identity, boundary, session]));
    asking.set(principal, asks);
    return asks;
}

const tagContext = (tags: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
