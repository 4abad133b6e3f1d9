import {
    GetPolicyCommand,
    GetPolicyVersionCommand,
    GetRoleCommand,
    GetRolePolicyCommand,
    IAMClient,
    ListAttachedRolePoliciesCommand,
    ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import {
    GetBucketPolicyCommand,
    GetObjectCommand,
    PutObjectCommand,
    paginateListObjectsV2,
    S3Client,
} from "@aws-sdk/client-s3";
import type { PolicyDocument } from "../../iam/document.ts";
import { type Caller, evaluate, explain, type NamedPolicy } from "../../iam/evaluate.ts";
import { personalizeService } from "../../iam/import-access.ts";
import type { ImportAccess, ImportJudgement, ImportRequest } from "../personalize-emulator/emulator.ts";
import { unlessGone } from "../unless-gone.ts";

/**
 * What a job may read (and a batch job write), judged strictly in three steps that must all pass: the service assumes
 * the role; the role's session may list and get (put); the service principal may do the same by the bucket policy. How
 * AWS sends the condition keys is not documented to the last detail, so strict is our choice.
 */
export function createImportAccess(miniStackPort: number, partition: string): ImportAccess {
    const settings = {
        endpoint: `http://127.0.0.1:${miniStackPort}`,
        region: "us-east-1",
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const iam = new IAMClient(settings);
    // MiniStack sends a caller of another region than the bucket on to it, as S3 does.
    const s3 = new S3Client({ ...settings, forcePathStyle: true, followRegionRedirects: true });

    const judgeBy = async (judge: typeof judgeImport, request: ImportRequest): Promise<ImportJudgement> => {
        const roleName = request.roleArn?.split("/").at(-1);
        const trust = roleName && (await trustOf(iam, roleName));
        if (!roleName || !trust) {
            return denied("assume the role", `there is no role ${request.roleArn}`);
        }
        return judge(request, partition, {
            trust,
            rolePolicies: await policiesOf(iam, roleName),
            bucketPolicies: await bucketPoliciesOf(s3, request.bucket),
        });
    };

    return {
        judge: (request) => judgeBy(judgeImport, request),
        judgeWrite: (request) => judgeBy(judgeOutput, request),
        async list(Bucket, Prefix) {
            const found: { key: string; size: number }[] = [];
            for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
                found.push(...(page.Contents ?? []).map(({ Key = "", Size = 0 }) => ({ key: Key, size: Size })));
            }
            return found;
        },
        async read(Bucket, Key) {
            const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
            return Body as AsyncIterable<Uint8Array>;
        },
        async write(Bucket, Key, Body) {
            await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
        },
    };
}

export interface ImportPolicies {
    readonly trust: PolicyDocument;
    readonly rolePolicies: readonly NamedPolicy[];
    readonly bucketPolicies: readonly NamedPolicy[];
}

const tls = { "aws:SecureTransport": "true" };

interface Access {
    readonly action: string;
    readonly resource: string;
    readonly context: Readonly<Record<string, string>>;
}

/** The three steps over fetched documents, for reading: what an import needs, and a batch job of its input. */
export function judgeImport(request: ImportRequest, partition: string, policies: ImportPolicies): ImportJudgement {
    const bucketArn = `arn:${partition}:s3:::${request.bucket}`;
    return judgeSteps(request, policies, "read", [
        { action: "s3:ListBucket", resource: bucketArn, context: { ...tls, "s3:prefix": request.key } },
        { action: "s3:GetObject", resource: `${bucketArn}/${request.key}`, context: tls },
    ]);
}

/** The three steps for one object that a batch job writes. */
export function judgeOutput(request: ImportRequest, partition: string, policies: ImportPolicies): ImportJudgement {
    const resource = `arn:${partition}:s3:::${request.bucket}/${request.key}`;
    return judgeSteps(request, policies, "write", [{ action: "s3:PutObject", resource, context: tls }]);
}

function judgeSteps(
    request: ImportRequest,
    policies: ImportPolicies,
    verb: "read" | "write",
    accesses: readonly Access[],
): ImportJudgement {
    const service: Caller = { service: personalizeService };
    const role: Caller = { arn: request.roleArn ?? "" };
    const onBehalf = { "aws:SourceAccount": request.sourceAccount, "aws:SourceArn": request.sourceArn };

    const assume = { caller: service, action: "sts:AssumeRole", resource: request.roleArn ?? "", context: onBehalf };
    const assumed = evaluate(assume, [{ name: "trust policy", document: policies.trust }], "resource");
    if (assumed.decision !== "allowed") {
        return denied("assume the role", explain(assume, assumed));
    }
    for (const access of accesses) {
        const byRole = { ...access, caller: role };
        const allowed = evaluate(byRole, policies.rolePolicies, "identity");
        if (allowed.decision !== "allowed") {
            return denied(`${verb} by the role's policies`, explain(byRole, allowed));
        }
        const vetoed = evaluate(byRole, policies.bucketPolicies, "resource");
        if (vetoed.decision === "explicitDeny") {
            return denied(`${verb} by the role's session`, explain(byRole, vetoed));
        }
    }
    for (const access of accesses) {
        const byService = { ...access, caller: service, context: { ...access.context, ...onBehalf } };
        const verdict = evaluate(byService, policies.bucketPolicies, "resource");
        if (verdict.decision !== "allowed") {
            return denied(`${verb} by the bucket policy`, explain(byService, verdict));
        }
    }
    return { allowed: true };
}

function denied(step: string, reason: string): ImportJudgement {
    return { allowed: false, step, reason };
}

const parse = (document: string | undefined) => JSON.parse(decodeURIComponent(document ?? "{}")) as PolicyDocument;

async function trustOf(iam: IAMClient, RoleName: string): Promise<PolicyDocument | undefined> {
    const found = await unlessGone(iam.send(new GetRoleCommand({ RoleName })), "NoSuchEntityException");
    return found && parse(found.Role?.AssumeRolePolicyDocument);
}

async function policiesOf(iam: IAMClient, RoleName: string): Promise<NamedPolicy[]> {
    const inline = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    return Promise.all([
        ...(inline.PolicyNames ?? []).map(async (PolicyName) => {
            const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
            return { name: `role policy ${PolicyName}`, document: parse(PolicyDocument) };
        }),
        ...(attached.AttachedPolicies ?? []).map(async ({ PolicyArn, PolicyName }) => {
            const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
            const version = new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId });
            const { PolicyVersion } = await iam.send(version);
            return { name: `managed policy ${PolicyName}`, document: parse(PolicyVersion?.Document) };
        }),
    ]);
}

async function bucketPoliciesOf(s3: S3Client, Bucket: string): Promise<NamedPolicy[]> {
    const command = new GetBucketPolicyCommand({ Bucket });
    const found = await unlessGone(s3.send(command), "NoSuchBucketPolicy", "NoSuchBucket");
    return found?.Policy ? [{ name: "bucket policy", document: JSON.parse(found.Policy) as PolicyDocument }] : [];
}
