import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import { type Emulator, type EmulatorRequest, operationOf } from "../../personalize-emulator/emulator.ts";
import { bodyOf } from "../request.ts";
import type { Access, AccessLog } from "./access-log.ts";
import { isClosed, isFromWebPage, isPreflight, isPublicPlane } from "./closed.ts";
import type { CallFacts, Directory, NamedCall, Principal } from "./directory.ts";
import { anonymous, type Circumstances, judge } from "./judge.ts";
import { passedRoles, trustComplaint } from "./passed-roles.ts";
import { hashGuard, payloadOf, sha256 } from "./payload.ts";
import { nameOfPersonalizeCall, tagsOf } from "./personalize-call.ts";
import { type Answer, type Reason, refusalOf, refusalOfPersonalize, sentences } from "./refusal.ts";
import { isSignedBy, readSignature, type Signature, timeFault } from "./signature.ts";

export interface EnforcementOptions {
    readonly directory: Directory;
    readonly emulator: Emulator;
    readonly log: AccessLog;
    readonly accountId: string;
}

/** What may go on, and how; or what is answered instead. */
export type Admission =
    | {
          readonly admitted: true;
          /** The body, where it had to be read. */
          readonly body?: Buffer;
          /** What a body that is still to be read must pass through. */
          readonly guard?: Transform;
          /** Whether the gateway judged it; what it did not judge, MiniStack does. */
          readonly judged: boolean;
          /** Whether it may change who may do what. */
          readonly changesAccess: boolean;
      }
    | { readonly admitted: false; readonly answer: Answer };

/** The largest body that is read into memory: a function's code in base64, and some. */
const largestBody = 128 * 1024 * 1024;

/** Calls of these services change policies, or make what has some. */
const changing = /^(iam|cloudformation|sts):(?!Get|List|Describe|Simulate)/;

/** Verifies, judges and logs each call before it reaches a service. */
export function createEnforcement({ directory, emulator, log, accountId }: EnforcementOptions) {
    /** Believes a signature, or says why not. */
    async function identify(
        request: IncomingMessage,
        signature: Signature,
        hash: string,
    ): Promise<Principal | { readonly error: string }> {
        const late = timeFault(signature, Date.now());
        if (late) {
            return { error: late };
        }
        const found = await directory.principal(signature.accessKeyId, signature.region);
        if ("error" in found) {
            return found;
        }
        if (found.expires !== null && Date.now() > found.expires * 1000) {
            return { error: "ExpiredTokenException" };
        }
        if ((found.token ?? undefined) !== signature.token) {
            return { error: signature.token === undefined ? "UnrecognizedClientException" : "InvalidToken" };
        }
        const signed = isSignedBy({ ...partsOf(request), url: request.url ?? "/" }, signature, found.secret, hash);
        if (!signed) {
            return { error: "SignatureDoesNotMatch" };
        }
        // Everybody knows the administrator's pair of a local AWS, also a page in this machine's browser.
        return found.identity === undefined && isFromWebPage(request)
            ? { error: "UnrecognizedClientException" }
            : found;
    }

    return {
        log,
        close(): void {
            directory.close();
            log.close();
        },
        forget: () => directory.forget(),

        async admit(request: IncomingMessage): Promise<Admission> {
            const target = request.url ?? "/";
            if (isClosed(target)) {
                return { admitted: false, answer: closedAnswer(target) };
            }
            if (isPreflight(request)) {
                return { admitted: true, judged: false, changesAccess: false };
            }
            const signature = readSignature({ url: target, headers: request.headers });
            const signed = typeof signature !== "string";
            const path = decodeURIComponent(target.split("?", 1)[0] ?? "/");
            const open = isPublicPlane(request, path);
            if (open && signature === "MissingAuthenticationToken") {
                return { admitted: true, judged: false, changesAccess: false };
            }
            const inS3 = signed ? signature.service === "s3" : !isRemoteCall(request);
            const streamed = inS3 && !/[?&]delete(=|&|$)/.test(target);
            const body = streamed ? undefined : await smallBodyOf(request);
            const payload = inS3
                ? payloadOf(
                      request.headers["x-amz-content-sha256"]?.toString(),
                      signed && signature.expires !== undefined,
                  )
                : { kind: "hashed" as const, hash: sha256(body ?? Buffer.alloc(0)) };
            const call = callOf(request, signed ? signature.region : "us-east-1", accountId);
            const personalize = personalizeCallOf(request, path, signed ? signature.service : undefined, call, body);

            const refuse = async (reason: Reason, access: Omit<Access, "decision">, service?: string) => {
                const decision = reason.code === "AccessDenied" ? "denied" : "refused";
                log.add({ decision, reason: reason.message, ...access });
                const answer = personalize
                    ? refusalOfPersonalize(personalize.service, reason)
                    : await refusalOf(
                          directory,
                          service ?? (await directory.call(call, body)).service,
                          access,
                          call.headers,
                          reason,
                      );
                return { admitted: false as const, answer };
            };
            const unknown = (code: string) =>
                refuse(
                    { code, message: sentences[code] ?? code },
                    {
                        principal: signed ? signature.accessKeyId : "anonymous",
                        action: `${call.method} ${path}`,
                        resource: "*",
                    },
                );
            if (!signed && !(inS3 && signature === "MissingAuthenticationToken")) {
                return unknown(signature);
            }
            if (signed && payload.kind === "unsupported") {
                return unknown("UnsupportedSignature");
            }
            if (inS3 && body && payload.kind === "hashed" && sha256(body) !== payload.hash) {
                return unknown("SignatureDoesNotMatch");
            }
            const principal = signed
                ? await identify(request, signature, "hash" in payload ? payload.hash : "")
                : anonymous;
            if ("error" in principal) {
                return unknown(principal.error);
            }
            const guard =
                streamed && signed && payload.kind === "hashed" ? { guard: hashGuard(payload.hash) } : undefined;
            const passed = (judged: boolean, changesAccess: boolean): Admission => ({
                admitted: true,
                judged,
                changesAccess,
                ...(body && { body }),
                ...guard,
            });
            if (open) {
                return passed(false, false);
            }

            const named: NamedCall = personalize
                ? await nameOfPersonalizeCall(emulator, personalize, accountId)
                : await directory.call(call, body);
            const who = principal.arn || "anonymous";
            const first = named.checks[0];
            if (!signed && named.service !== "s3") {
                return unknown("MissingAuthenticationToken");
            }
            // A call signed for S3 that is another service's, or the other way round, is not what was signed.
            if (signed && inS3 !== (named.service === "s3")) {
                return unknown("SignatureDoesNotMatch");
            }
            if (!first) {
                const access = { principal: who, action: `${named.service}: ${call.method} ${path}`, resource: "*" };
                if (isAdministrator(principal)) {
                    log.add({ ...access, decision: "unnamed" });
                    return passed(true, true);
                }
                const message = `User: ${who} is not authorized to perform this call of ${named.service}: no action of IAM is known for ${call.method} ${path}`;
                return refuse({ code: "AccessDenied", message }, access, named.service);
            }
            const circumstances = circumstancesOf(request, call.region);
            const given = passedRoles(first.action, personalize ? personalize.body : parse(body));
            const passing = await Promise.all(given.map((role) => passCheck(directory, role)));
            for (const check of [...named.checks, ...passing]) {
                const { action, resource } = check;
                const access = { principal: who, action, resource };
                const complete = personalize ? await withTags(emulator, principal, check, call.region) : check;
                const verdict = isAdministrator(principal)
                    ? { allowed: true as const }
                    : judge(principal, complete, circumstances);
                if (!verdict.allowed) {
                    return refuse({ code: "AccessDenied", message: verdict.message }, access, named.service);
                }
                log.add({ ...access, decision: "allowed" });
            }
            for (const role of given) {
                const where = { account: accountId, resource: first.resource };
                const complaint = await trustComplaint(directory, role, where);
                if (complaint) {
                    const access = { principal: role.service, action: "sts:AssumeRole", resource: role.roleArn };
                    return refuse({ ...complaint, status: 400 }, access, named.service);
                }
            }
            return passed(true, changing.test(first.action));
        },
    };
}

/** Whether a request without a signature is of a service whose calls are all POSTs to one place. */
const isRemoteCall = ({ headers }: IncomingMessage) =>
    headers["x-amz-target"] !== undefined ||
    /^application\/(x-www-form-urlencoded|cbor)/.test(headers["content-type"] ?? "");

export type Enforcement = ReturnType<typeof createEnforcement>;

const isAdministrator = (principal: Pick<Principal, "identity">) => principal.identity === undefined;

/** The permission to pass a role to a service. */
async function passCheck(directory: Directory, { roleArn, service }: { roleArn: string; service: string }) {
    const role = await directory.role(roleArn.split("/").at(-1) ?? "");
    const tags = Object.entries((role?.arn === roleArn && role.tags) || {});
    return {
        action: "iam:PassRole",
        resource: roleArn,
        context: {
            "iam:PassedToService": service,
            ...Object.fromEntries(tags.map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
        },
        policy: null,
    };
}

const asksForTags = new WeakMap<object, boolean>();

/** A check of Personalize with the tags of its resource, where a policy asks for such. */
async function withTags(
    emulator: Emulator,
    principal: Pick<Principal, "identity" | "boundary" | "session">,
    check: NamedCall["checks"][number],
    region: string,
) {
    const { identity, boundary, session } = principal;
    const asks = asksForTags.get(principal) ?? /aws:ResourceTag/i.test(JSON.stringify([identity, boundary, session]));
    asksForTags.set(principal, asks);
    if (!asks || !/^personalize:(?!Create|List)/.test(check.action) || !check.resource.startsWith("arn:")) {
        return check;
    }
    const tags = Object.entries(await tagsOf(emulator, check.resource, region));
    const context = Object.fromEntries(tags.map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
    return { ...check, context: { ...context, ...check.context } };
}

function personalizeCallOf(
    request: IncomingMessage,
    path: string,
    service: string | undefined,
    { region }: CallFacts,
    body: Buffer | undefined,
): EmulatorRequest | undefined {
    const target = request.headers["x-amz-target"]?.toString();
    const ours = service === "personalize" || (service === undefined && target?.startsWith("AmazonPersonalize."));
    const operation = ours ? operationOf(request.method ?? "", path, target) : undefined;
    return operation && { ...operation, region, body: parse(body) };
}

function circumstancesOf(request: IncomingMessage, region: string): Circumstances {
    return {
        region,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        // The gateway stands for endpoints that speak TLS; who wants to try what happens without says so.
        secure: request.headers["x-forwarded-proto"] !== "http",
        userAgent: request.headers["user-agent"],
        now: new Date(),
    };
}

function callOf(request: IncomingMessage, region: string, account: string): CallFacts {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    return {
        method: request.method ?? "GET",
        target: request.url ?? "/",
        headers: Object.fromEntries(headers),
        region,
        account,
    };
}

const partsOf = ({ method, headers, headersDistinct }: IncomingMessage) => ({
    ...(method !== undefined && { method }),
    headers,
    headersDistinct,
});

async function smallBodyOf(request: IncomingMessage): Promise<Buffer> {
    if (Number(request.headers["content-length"] ?? 0) > largestBody) {
        throw new Error(`a call of ${request.headers["content-length"]} bytes is larger than any service takes`);
    }
    return bodyOf(request);
}

function parse(body: Buffer | undefined): unknown {
    try {
        return JSON.parse(body?.length ? body.toString("utf8") : "{}");
    } catch {
        return {};
    }
}

function closedAnswer(target: string): Answer {
    const path = target.split("?", 1)[0];
    const message = `${path} is a switch of MiniStack's own, which the local AWS keeps closed. With --no-enforce it is open.`;
    return {
        status: 403,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ message }),
    };
}
