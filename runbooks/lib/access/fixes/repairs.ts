import { createHash } from "node:crypto";
import {
    type Import,
    listOf,
    type PolicyDocument,
    parseArn,
    personalizeService,
    type Statement,
} from "policy-evaluator";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust } from "../../../../iam/import-access.ts";
import type { Finding, Place, Scene } from "../link.ts";
import { read } from "../links/policies.ts";
import { known, type PolicyText, type Snapshot } from "../snapshot.ts";
import {
    passRolePolicy,
    repairedBoundary,
    repairedBucketPolicy,
    repairedKeyPolicy,
    repairedRolePolicy,
    repairedTrust,
    withoutImport,
} from "./documents.ts";
import { repairFile } from "./file-repairs.ts";
import { bucketIn, copyObject, importedFrom, importedFromBucket, makeBucket } from "./places.ts";
import {
    createRole,
    enableKey,
    entityOfCaller,
    putBoundary,
    putBucketPolicy,
    putCallerPolicy,
    putKeyPolicy,
    putRolePolicy,
    putTrust,
    type Step,
} from "./steps.ts";
import { storable } from "./storable.ts";

/** The repair of one place. */
export interface Repair {
    /** A change of this program; empty for what the stack did not make. */
    readonly program: string;
    readonly steps: readonly Step[];
    /** Another person who can fix it, and the request to that person; absent if the steps suffice. */
    readonly ask?: string;
    /** Location of the next import, if it changes. */
    readonly location?: string;
    /** Role of the next import, if it changes. */
    readonly roleArn?: string;
    /** The snapshot after a change that has no step. */
    readonly moved?: (snapshot: Snapshot) => Snapshot;
}

type MakeRepair = (scene: Scene, group: readonly Finding[]) => Repair;

/** Name of the role policy that this program makes, and that the fixes add to. */
const policyName = "read-interactions";
const nothing: Repair = { program: "", steps: [] };
const asks = (ask: string): Repair => ({ ...nothing, ask });
const has = (group: readonly Finding[], ...faults: readonly Finding["fault"][]) =>
    group.some(({ fault }) => faults.includes(fault));

/** Advice for what the stack made, unless `up` would remove statements that another person added. */
function drift({ snapshot }: Scene, what: string, present?: PolicyDocument, declared?: PolicyDocument): string {
    const ours = new Set(listOf(declared?.Statement).map(({ Sid }) => Sid));
    const foreign = listOf(present?.Statement).some(({ Sid }) => !ours.has(Sid));
    return snapshot.ownedByStack && !foreign ? `pulumi refresh && pulumi up   # the program declares it: ${what}` : "";
}

const placeOf = ({ partition, bucket, key }: Import) => ({ partition, bucketName: bucket, readPrefixes: [key] });

const parsed = (policy: PolicyText, kind: "identity" | "resource") => read([policy], kind).policies[0]?.document;

function currentRole({ snapshot }: Scene) {
    const role = known(snapshot.role);
    return role && { id: role.id, arn: role.arn };
}

/** The document that AWS stores. */
const kept = (scene: Scene, document: PolicyDocument) => storable(document, currentRole(scene)).document;

/** Whether a statement denies this import and nothing else: an exception would leave nothing of it. */
function isPointed({ Effect, Principal, Condition }: Statement, { roleArn }: Import): boolean {
    if (Effect !== "Deny" || Condition !== undefined || typeof Principal !== "object") return false;
    const named = [...listOf(Principal.AWS), ...listOf(Principal.Service)];
    return named.length > 0 && named.every((name) => name === roleArn || name === personalizeService);
}

/** A role for Personalize alone, beside one whose own policy denies the import. */
function dedicatedRole({ of, snapshot }: Scene): Repair {
    const parts = of.roleArn.split("/");
    const name = `${parts.at(-1)}`.slice(0, 52).concat("-personalize");
    const roleArn = [...parts.slice(0, -1), name].join("/");
    const role = { ...of, roleArn, roleId: undefined };
    return {
        program: "",
        steps: [createRole(role, executionRoleTrust(of), known(snapshot.role)?.boundary)],
        roleArn,
    };
}

/** Exceptions in the role's own denials; a denial that names its resources was meant for them. */
function roleDenials(scene: Scene): Step[] | undefined {
    const { of, snapshot } = scene;
    const steps: Step[] = [];
    for (const policy of known(snapshot.role)?.policies ?? []) {
        const present = parsed(policy, "identity");
        if (!present) continue;
        const document = withoutImport(of, present);
        // Other roles may have a managed policy, too.
        if (document === undefined || (policy.arn !== undefined && document !== present)) return undefined;
        if (document !== present) steps.push(putRolePolicy(of, policy.name, present, document));
    }
    return steps;
}

export const repairs: Readonly<Record<Place, MakeRepair>> = {
    passRole({ snapshot: { caller }, of }, group) {
        const owner = parseArn(of.roleArn)?.accountId;
        const entity = entityOfCaller(caller);
        const document = passRolePolicy(of);
        const denied = group.some(({ evidence }) => evidence.some((line) => line.includes("explicitDeny")));
        if (entity === undefined || denied || owner !== parseArn(caller)?.accountId) {
            const how = denied ? "lift its denial of" : "add";
            return asks(`the administrator of ${caller}: ${how} ${JSON.stringify(document.Statement)}`);
        }
        const id = createHash("sha256").update(of.roleArn).digest("hex").slice(0, 8);
        return { ...nothing, steps: [putCallerPolicy(entity, `pass-to-personalize-${id}`, document)] };
    },
    rolePolicy(scene, group) {
        const { of, snapshot } = scene;
        const role = known(snapshot.role);
        const denials = group.filter(({ fault }) => fault.startsWith("role-deny"));
        if (denials.length > 0 && !snapshot.ownedByStack) {
            return dedicatedRole(scene);
        }
        const exceptions = denials.length > 0 ? roleDenials(scene) : [];
        if (exceptions === undefined) {
            const which = denials.map(({ sentence }) => sentence).join(" ");
            return asks(`the owner of the role ${of.roleArn}: ${which} Only its owner can lift that.`);
        }
        const mine = role?.policies.find(({ name, arn }) => name === policyName && arn === undefined);
        const present = mine && parsed(mine, "identity");
        const document = repairedRolePolicy(of, present);
        const lacks = group.some(({ fault }) => !fault.startsWith("role-deny"));
        return {
            program: drift(
                scene,
                "iam/import-access.ts, executionRolePolicy",
                present,
                executionRolePolicy(placeOf(of)),
            ),
            steps: [...exceptions, ...(lacks ? [putRolePolicy(of, policyName, present, document)] : [])],
        };
    },
    trust(scene, group) {
        const { of, snapshot } = scene;
        const facts = known(snapshot.role);
        if (has(group, "role-other-account")) {
            return asks(
                `the caller who starts the import: name a role of account ${snapshot.accountId}; Personalize takes no other.`,
            );
        }
        if (has(group, "role-path") && facts) {
            return { ...nothing, roleArn: facts.arn, moved: (before) => ({ ...before, roleArn: facts.arn }) };
        }
        if (has(group, "role-missing")) {
            return {
                program: drift(scene, "components/data makes the role"),
                steps: [createRole(of, executionRoleTrust(of), undefined)],
            };
        }
        const present = facts && parsed({ name: "trust policy", text: facts.trust }, "resource");
        const document = kept(scene, repairedTrust(of, present));
        return {
            program: drift(scene, "iam/import-access.ts, executionRoleTrust", present, executionRoleTrust(of)),
            steps: [putTrust(of, present, document)],
        };
    },
    bucketPolicy(scene) {
        const { of, bucketPolicy } = scene;
        const present = bucketPolicy && "document" in bucketPolicy ? bucketPolicy.document : undefined;
        const meant = listOf(present?.Statement).find((statement) => isPointed(statement, of));
        if (meant) {
            return asks(
                `the owner of the bucket ${of.bucket}: a statement denies this import by name and was meant so; lift it: ` +
                    JSON.stringify(meant),
            );
        }
        return {
            program: drift(scene, "iam/import-access.ts, dataBucketPolicy", present, dataBucketPolicy(placeOf(of), of)),
            steps: [putBucketPolicy(of.bucket, present, kept(scene, repairedBucketPolicy(of, present)))],
        };
    },
    boundary(scene) {
        const { boundary } = known(scene.snapshot.role) ?? {};
        const present = boundary && parsed(boundary, "identity");
        if (!boundary || !present) {
            return asks(
                `the administrator of the role's boundary: allow s3:GetObject and s3:ListBucket on ${scene.of.bucket}.`,
            );
        }
        if ((boundary.versions ?? 0) >= 5) {
            return asks(
                `the administrator of ${boundary.arn}: it has five versions, which is AWS's limit. Delete one that is not used, ` +
                    "with aws iam delete-policy-version, and run this again.",
            );
        }
        return { ...nothing, steps: [putBoundary(boundary, present, repairedBoundary(scene.of, present))] };
    },
    location(scene, group) {
        const { snapshot, of } = scene;
        const { region } = snapshot;
        const similar = group.find(({ fault }) => fault === "bucket-missing")?.about;
        if (similar !== undefined && !snapshot.ownedByStack) {
            return { ...nothing, location: `s3://${similar}/${of.key}`, moved: importedFromBucket(similar) };
        }
        if (has(group, "bucket-missing")) {
            const missing = `components/data/data-bucket.ts makes the bucket and uploads the file`;
            const program = drift(scene, missing);
            const key = of.key === "" || of.key.endsWith("/") ? `${of.key}interactions.csv` : of.key;
            const upload = `upload it: aws s3 cp YOUR.csv s3://${of.bucket}/${key}. The new bucket is empty.`;
            return {
                program,
                steps: makeBucket(of.bucket, region),
                moved: importedFrom(key),
                ...(program === "" && { ask: `the owner of the data: ${upload}` }),
            };
        }
        if (has(group, "bucket-region")) {
            const bucket = bucketIn(of, region);
            const keys = snapshot.objects.flatMap((each) => ("is" in each ? [each.is.key] : []));
            return {
                program: snapshot.ownedByStack ? `pulumi config set bucketName ${bucket} && pulumi up` : "",
                steps: [...makeBucket(bucket, region), ...keys.map((key) => copyObject(of.bucket, bucket, key))],
                location: `s3://${bucket}/${of.key}`,
            };
        }
        const key = group.find(({ about }) => about !== undefined)?.about ?? of.key;
        return { ...nothing, location: `s3://${of.bucket}/${key}`, moved: importedFrom(key) };
    },
    key(scene, group) {
        const { of, snapshot } = scene;
        const [{ about = "" }] = group as [Finding];
        const key = Object.values(snapshot.kmsKeys)
            .map(known)
            .find((each) => each?.arn === about);
        if (has(group, "kms-gone")) {
            return asks(
                `the administrator of ${about}: a key that is ${key?.state} decrypts nothing. Upload the file again.`,
            );
        }
        const present = key && parsed({ name: "key policy", text: key.policy }, "resource");
        return {
            ...nothing,
            steps: [
                ...(has(group, "kms-pending-deletion", "kms-disabled")
                    ? enableKey(of.region, about, has(group, "kms-pending-deletion"))
                    : []),
                ...(has(group, "kms-no-grant", "role-recreated")
                    ? [putKeyPolicy(of.region, about, present, kept(scene, repairedKeyPolicy(of, present)))]
                    : []),
            ],
        };
    },
    organisation: ({ of }) =>
        asks(
            `the administrator of your AWS organisation: allow s3:GetObject and s3:ListBucket on ${of.bucket} to ${of.roleArn} ` +
                `and ${personalizeService} in its service control policies.`,
        ),
    object(scene, group) {
        const { program, commands, undo, key, ask, applied } = repairFile(scene, scene.of, group);
        return {
            program,
            steps: commands.map((command): Step => ({ command, applied, ...(undo && { undo: { command: undo } }) })),
            moved: applied,
            ...(ask !== undefined && { ask }),
            ...(key !== undefined && { location: `s3://${scene.of.bucket}/${key}` }),
        };
    },
    bucket: () => nothing,
    none: () => nothing,
};
