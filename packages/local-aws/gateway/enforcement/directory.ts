import { Agent, request as send } from "node:http";
import { json } from "node:stream/consumers";
import { toRecord } from "local-personalize";
import type { NamedPolicy, PolicyDocument } from "policy-evaluator";
import { type MiniStackAddress, secretHeader } from "../ministack.ts";

/** The owner of an access key, with its secret and all policies of the owner. */
export interface Principal {
    readonly arn: string;
    readonly account: string;
    readonly secret: string;
    /** The session token of temporary credentials. */
    readonly token: string | null;
    /** Time in epoch seconds at which temporary credentials expire; null for an access key that does not expire. */
    readonly expires: number | null;
    readonly id: string;
    readonly tags: Readonly<Record<string, string>>;
    /** ARN of the Lambda function whose code uses this session; null for every other caller. */
    readonly function: string | null;
    /** Identity policies of the principal; undefined for the account's root user, who needs no policy. */
    readonly identity?: readonly NamedPolicy[];
    readonly boundary?: readonly NamedPolicy[];
    readonly session?: readonly NamedPolicy[];
    /**
     * Names of attached managed policies without a document on this local AWS. These policies allow nothing, neither as
     * a managed policy nor as a boundary.
     */
    readonly withoutDocument: readonly string[];
}

interface Role extends Pick<Principal, "arn" | "id" | "tags" | "boundary" | "withoutDocument"> {
    readonly trust: PolicyDocument;
    readonly identity: readonly NamedPolicy[];
}

/** A user, group or role with the texts of its policies. A user also has the policies of its groups. */
interface Entity extends Pick<Principal, "arn" | "id" | "tags"> {
    /** A role's trust policy. */
    readonly trust: string;
    readonly identity: readonly PolicyText[];
    readonly boundary: readonly PolicyText[] | null;
}

/** One permission that a call needs, as MiniStack's process returns it. */
export interface NamedCheck {
    readonly action: string;
    readonly resource: string;
    readonly context: Readonly<Record<string, string | readonly string[]>>;
    /** The resource's own policy or the role's trust policy, as text. */
    readonly policy: string | null;
}

export interface NamedCall {
    /** The service, as MiniStack's router spells it. */
    readonly service: string;
    /** The permissions that the call needs; empty for an unknown call. */
    readonly checks: readonly NamedCheck[];
}

/** The data of a request from which MiniStack derives the call's name and the text of a denial. */
export interface CallFacts {
    readonly method: string;
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly region: string;
    readonly account: string;
}

interface Refused {
    readonly service: string;
    readonly principal: string;
    readonly action: string;
    readonly resource: string;
    readonly code: string;
    readonly message: string;
    readonly headers: Readonly<Record<string, string>>;
}

/** A principal, or the error code for its access key. */
export type Found = Principal | { readonly error: string };

/**
 * Milliseconds after which a cached principal is read again, because MiniStack itself can change principals
 * (CloudFormation, tags). Changes by calls through the gateway apply immediately.
 */
const staleMilliseconds = 1000;

/** Thrown if MiniStack does not answer, for example while it restarts. */
export class MiniStackSilentError extends Error {}

/**
 * Asks MiniStack's process (packages/local-aws/ministack/answers.py) for the owner of a key, the name of a call, and
 * the text of a denial.
 */
export function createDirectory({ port, secret, accountId }: MiniStackAddress & { accountId: string }) {
    const agent = new Agent({ keepAlive: true });
    let cache = new Map<string, { readonly since: number; readonly principal: Found }>();
    const expiredKeys = new Set<string>();

    async function ask<Answer>(path: string, query: object, body?: Buffer): Promise<Answer> {
        const headers = {
            [secretHeader]: secret,
            "x-asked": Buffer.from(JSON.stringify(query)).toString("base64"),
            "content-length": body?.length ?? 0,
        };
        return new Promise<Answer>((resolve, reject) => {
            const onward = send({ agent, host: "127.0.0.1", port, path, method: "POST", headers }, (response) => {
                json(response).then(
                    (answer) =>
                        response.statusCode === 200 ? resolve(answer as Answer) : reject(failed(path, answer)),
                    reject,
                );
            });
            onward.once("error", (error) => reject(new MiniStackSilentError(error.message)));
            onward.end(body);
        });
    }

    async function fetchPrincipal(key: string, region: string): Promise<Found> {
        const answer = await ask<Answered>("/key", { key, region, account: accountId });
        if (!("error" in answer)) {
            return withDocuments(answer);
        }
        // Remember keys of expired sessions, because MiniStack later deletes the session and then reports the key as
        // unknown.
        if (answer.error === "ExpiredTokenException") expiredKeys.add(key);
        return expiredKeys.has(key) ? { error: "ExpiredTokenException" } : answer;
    }

    async function entity(kind: "user" | "group" | "role", name: string): Promise<Entity | undefined> {
        const found = await ask<Entity | { readonly arn?: never }>("/entity", { kind, name, account: accountId });
        return found.arn === undefined ? undefined : found;
    }

    return {
        /** Returns the owner of an access key. Caches it for a second, but not longer than its session lasts. */
        principal(key: string, region: string): Found | Promise<Found> {
            const entry = cache.get(key);
            const ends = entry && "expires" in entry.principal ? entry.principal.expires : null;
            const isOver = ends !== null && Date.now() > ends * 1000;
            if (entry && !isOver && Date.now() - entry.since < staleMilliseconds) {
                return entry.principal;
            }
            const asking = cache;
            return fetchPrincipal(key, region).then((principal) => {
                // If `forget` was called meanwhile, do not cache the response: it may contain old policies.
                if (cache === asking && !("error" in principal)) cache.set(key, { since: Date.now(), principal });
                return principal;
            });
        },
        call: (facts: CallFacts, body: Buffer | undefined): Promise<NamedCall> => ask("/call", facts, body),
        /** Returns a user, group or role by name; undefined for an unknown name. */
        entity,
        /** Returns the role with this ARN; undefined for an unknown role. */
        async role(arn: string): Promise<Role | undefined> {
            const found = await entity("role", arn.split("/").at(-1) ?? "");
            return found?.arn === arn
                ? { ...withDocuments(found), identity: parsed(found.identity), trust: parseStoredPolicy(found.trust) }
                : undefined;
        },
        refusal: (refused: Refused): Promise<{ status: number; headers: Record<string, string>; body: string }> =>
            ask("/refusal", refused),
        /** Clears all cached principals. Called after a change of policies. */
        forget(): void {
            cache = new Map();
        },
        close: () => agent.destroy(),
    };
}

export type Directory = ReturnType<typeof createDirectory>;

/** Parses a policy. Returns a document without statements for invalid JSON, which IAM would not store. */
export function parseStoredPolicy(text: string | null | undefined): PolicyDocument {
    try {
        return JSON.parse(text?.startsWith("%") ? decodeURIComponent(text) : (text ?? "")) as PolicyDocument;
    } catch {
        return { Statement: [] };
    }
}

export interface PolicyText {
    /** The policy's kind and name, such as `managed policy ReadsFilms`. */
    readonly name: string;
    /** The policy's text; null for a managed policy without a stored document. */
    readonly text: string | null;
}

type Answered =
    | { readonly error: string }
    | (Omit<Principal, "identity" | "boundary" | "session" | "withoutDocument"> & Texts);

/** Policies; null for those that the principal does not have. */
type Texts = Readonly<Partial<Record<"identity" | "boundary" | "session", readonly PolicyText[] | null>>>;

const parsed = (texts: readonly PolicyText[]) =>
    texts.map(({ name, text }) => ({ name, document: parseStoredPolicy(text) }));

/** Parses the policies of a principal or entity. */
function withDocuments<T extends Texts>({ identity, boundary, session, ...rest }: T) {
    const all = [...(identity ?? []), ...(boundary ?? []), ...(session ?? [])];
    return {
        ...rest,
        withoutDocument: all.flatMap(({ name, text }) => (text === null ? [name] : [])),
        ...(identity && { identity: parsed(identity) }),
        ...(boundary && { boundary: parsed(boundary) }),
        ...(session && { session: parsed(session) }),
    };
}

const failed = (path: string, answer: unknown) =>
    new Error(`MiniStack could not answer ${path}: ${toRecord(answer).error ?? "refused"}`);
