import { S3 } from "@aws-sdk/client-s3";
import { type ImportAccess, type ImportJudgement, type ImportRequest, keysToRead, s3Objects } from "local-personalize";
import {
    type AccessRequest,
    assumeRole,
    evaluate,
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
    const { list } = objects;
    const judgeBy = async (judge: typeof judgeImport, request: ImportRequest): Promise<ImportJudgement> => {
        const role = await directory.role(request.roleArn ?? "");
        if (!role) {
            return denied("assume the role", `there is no role ${request.roleArn}`);
        }
        const judgement = judge(request, partition, {
            trust: role.trust,
            rolePolicies: role.identity,
            boundary: role.boundary,
            roleId: role.id,
            keys: request.isPrefix ? keysToRead(request, await list(request.bucket, request.key).catch(() => [])) : [],
            bucketPolicies: await fetchBucketPolicies(s3, request.bucket),
        });
        if (!judgement.allowed) {
            return denied(judgement.step, judgement.reason + withoutDocumentNote(role.withoutDocument));
        }
        const region = await fetchBucketRegion(s3, request.bucket);
        return region === undefined || region === request.region
            ? judgement
            : denied("use the bucket", `it lies in ${region}, and the job runs in ${request.region}`);
    };

    return {
        ...objects,
        async judge(request) {
            const judgement = await judgeBy(judgeImport, request);
            if (!judgement.allowed) {
                return judgement;
            }
            const keys = keysToRead(request, await list(request.bucket, request.key).catch(() => []));
            const policies = (await directory.role(request.roleArn ?? ""))?.identity ?? [];
            const foreign = await foreignObject(s3, request.bucket, keys);
            if (foreign !== undefined) {
                return denied("read the object", `another account owns ${foreign}`);
            }
            const reason = await whyNotDecrypted(miniStack, s3, importOf(request, partition, { keys }), policies);
            return reason === undefined ? judgement : denied("decrypt", reason);
        },
        judgeWrite: (request) => judgeBy(judgeOutput, request),
    };
}

interface ImportPolicies {
    readonly trust: PolicyDocument;
    readonly rolePolicies: readonly NamedPolicy[];
    readonly bucketPolicies: readonly NamedPolicy[];
    readonly boundary?: readonly NamedPolicy[] | undefined;
    readonly roleId?: string;
    /** The keys of the objects in a folder; empty for a single object. */
    readonly keys?: readonly string[];
}

function importOf(
    request: ImportRequest,
    partition: string,
    { roleId, keys = [], boundary }: Pick<ImportPolicies, "roleId" | "keys" | "boundary">,
): Import {
    const { roleArn = "", bucket, key, sourceArn, sourceAccount: accountId, region } = request;
    const owners = { accountId, bucketAccount: accountId, hasBoundary: boundary !== undefined };
    return { roleArn, roleId, partition, region, ...owners, sourceArn, bucket, key, keys };
}

/** Evaluates, with fetched policy documents, whether an import or a batch job can read its input. */
export function judgeImport(request: ImportRequest, partition: string, policies: ImportPolicies): ImportJudgement {
    const of = importOf(request, partition, policies);
    return judgeSteps(of, policies, "read", roleReads(of), serviceReads(of));
}

/** Evaluates, with fetched policy documents, whether a batch job can write its output. */
export function judgeOutput(request: ImportRequest, partition: string, policies: ImportPolicies): ImportJudgement {
    const of = importOf(request, partition, policies);
    const puts = (reads: readonly AccessRequest[]) =>
        reads.filter(({ action }) => action === "s3:GetObject").map((read) => ({ ...read, action: "s3:PutObject" }));
    return judgeSteps(of, policies, "write", puts(roleReads(of)), puts(serviceReads(of)));
}

function judgeSteps(
    of: Import,
    { trust, rolePolicies, bucketPolicies, boundary }: ImportPolicies,
    verb: "read" | "write",
    byRole: readonly AccessRequest[],
    byService: readonly AccessRequest[],
): ImportJudgement {
    const assume = assumeRole(of);
    const assumed = evaluate(assume, [{ name: "trust policy", document: trust }], "resource");
    if (assumed.decision !== "allowed") {
        return denied("assume the role", explain(assume, assumed));
    }
    for (const access of byRole) {
        const allowed = evaluate(access, rolePolicies, "identity");
        if (allowed.decision !== "allowed") {
            return denied(`${verb} by the role's policies`, explain(access, allowed));
        }
        const within = boundary && evaluate(access, boundary, "identity");
        if (within && within.decision !== "allowed") {
            return denied(`${verb} within the role's boundary`, explain(access, within));
        }
        const vetoed = evaluate(access, bucketPolicies, "resource");
        if (vetoed.decision === "explicitDeny") {
            return denied(`${verb} by the role's session`, explain(access, vetoed));
        }
    }
    for (const access of byService) {
        const verdict = evaluate(access, bucketPolicies, "resource");
        if (verdict.decision !== "allowed") {
            return denied(`${verb} by the bucket policy`, explain(access, verdict));
        }
    }
    return { allowed: true };
}

function denied(step: string, reason: string): ImportJudgement {
    return { allowed: false, step, reason };
}
