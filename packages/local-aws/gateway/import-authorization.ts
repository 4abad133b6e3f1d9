import { S3 } from "@aws-sdk/client-s3";
import { type ImportAccess, type ImportJudgement, type ImportRequest, keysToRead, s3Objects } from "local-personalize";
import {
    type AccessRequest,
    assumeRole,
    authorize,
    explain,
    type Import,
    type NamedPolicy,
    type PolicyDocument,
    roleReads,
    serviceReads,
} from "policy-evaluator";
import type { Directory } from "./enforcement/directory.ts";
import {
    fetchBucketPolicies,
    fetchBucketRegion,
    fetchObjectTags,
    foreignObject,
    whyNotDecrypted,
    withoutDocumentNote,
} from "./import-documents.ts";
import { createClientSettings, type MiniStackAddress } from "./ministack.ts";

/**
 * Checks whether a job can read its input, and whether a batch job can write its output. Each step must pass: the
 * service can assume the role; the role session may list and get objects (or put them) within its boundary; the bucket
 * policy allows the same actions for the service principal; the bucket is in the job's region; and the role or the
 * service can decrypt objects with a KMS key. AWS does not document in detail which condition keys Personalize sends,
 * so the local AWS is strict.
 */
export function createImportAccess(
    { miniStack, directory }: { readonly miniStack: MiniStackAddress; readonly directory: Pick<Directory, "role"> },
    partition: string,
): ImportAccess {
    const settings = createClientSettings(miniStack);
    // Like S3, MiniStack redirects a caller from another region to the bucket's region.
    const s3 = new S3({ ...settings, forcePathStyle: true, followRegionRedirects: true });

    const objects = s3Objects(s3);
    const judgeBy = async (verb: "read" | "write", request: ImportRequest): Promise<ImportJudgement> => {
        const { bucket, key, region } = request;
        const role = await directory.role(request.roleArn ?? "");
        if (!role) {
            return denied("assume the role", `there is no role ${request.roleArn}`);
        }
        const keys = verb === "read" ? keysToRead(request, await objects.list(bucket, key).catch(() => [])) : [];
        const facts: ImportFacts = {
            trust: role.trust,
            rolePolicies: role.identity,
            boundary: role.boundary,
            roleId: role.id,
            roleTags: role.tags,
            keys,
            objectTags: await fetchObjectTags(s3, bucket, keys),
            bucketPolicies: await fetchBucketPolicies(s3, bucket),
        };
        const judgement = (verb === "read" ? judgeImport : judgeOutput)(request, partition, facts);
        if (!judgement.allowed) {
            return denied(judgement.step, judgement.reason + withoutDocumentNote(role.withoutDocument));
        }
        const bucketRegion = await fetchBucketRegion(s3, bucket);
        if (bucketRegion !== undefined && bucketRegion !== region) {
            return denied("use the bucket", `it lies in ${bucketRegion}, and the job runs in ${region}`);
        }
        const foreign = await foreignObject(s3, bucket, keys);
        if (foreign !== undefined) {
            return denied("read the object", `another account owns ${foreign}`);
        }
        const reason = await whyNotDecrypted(miniStack, s3, importOf(request, partition, facts), role);
        return reason === undefined ? judgement : denied("decrypt", reason);
    };

    return {
        ...objects,
        judge: (request) => judgeBy("read", request),
        judgeWrite: (request) => judgeBy("write", request),
    };
}

interface ImportFacts extends Pick<Import, "roleId" | "roleTags" | "objectTags"> {
    readonly trust: PolicyDocument;
    readonly rolePolicies: readonly NamedPolicy[];
    readonly bucketPolicies: readonly NamedPolicy[];
    readonly boundary?: readonly NamedPolicy[] | undefined;
    /** The keys of the objects to read; empty if there are none. */
    readonly keys?: readonly string[];
}

function importOf(request: ImportRequest, partition: string, facts: ImportFacts): Import {
    const { roleArn = "", sourceAccount: accountId } = request;
    return { keys: [], ...request, ...facts, roleArn, partition, accountId, bucketAccount: accountId };
}

/** Evaluates, with fetched policy documents, whether an import or a batch job can read its input. */
export function judgeImport(request: ImportRequest, partition: string, facts: ImportFacts): ImportJudgement {
    const of = importOf(request, partition, facts);
    return judgeRequests(facts, "read", [assumeRole(of), ...roleReads(of), ...serviceReads(of)]);
}

/** Evaluates, with fetched policy documents, whether a batch job can write its output. */
export function judgeOutput(request: ImportRequest, partition: string, facts: ImportFacts): ImportJudgement {
    const of = importOf(request, partition, facts);
    const puts = [...roleReads(of), ...serviceReads(of)]
        .filter(({ action }) => action === "s3:GetObject")
        .map((read) => ({ ...read, action: "s3:PutObject" }));
    return judgeRequests(facts, "write", [assumeRole(of), ...puts]);
}

/** Names the check in which each kind of policy denies a request of the role's session. */
const steps = {
    identity: "by the role's policies",
    boundary: "within the role's boundary",
    session: "by the role's session",
    resource: "by the role's session",
} as const;

/** Returns the first denial of a job's requests, each of which must be allowed. */
function judgeRequests(
    { trust, rolePolicies: identity, boundary, bucketPolicies }: ImportFacts,
    verb: "read" | "write",
    requests: readonly AccessRequest[],
): ImportJudgement {
    for (const request of requests) {
        const assumes = request.action === "sts:AssumeRole";
        const resource = assumes ? [{ name: "trust policy", document: trust }] : bucketPolicies;
        const authorization = authorize(request, { identity, boundary, resource });
        const { decision, deniedBy = "resource" } = authorization;
        if (decision !== "allowed") {
            const step = "service" in request.caller ? "by the bucket policy" : steps[deniedBy];
            return denied(assumes ? "assume the role" : `${verb} ${step}`, explain(request, authorization));
        }
    }
    return { allowed: true };
}

function denied(step: string, reason: string): ImportJudgement {
    return { allowed: false, step, reason };
}
