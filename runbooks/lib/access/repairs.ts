import { type Import, type PolicyDocument, parseArn, personalizeService, sessionOf } from "policy-evaluator";
import { shell } from "../audit/inventory/thing.ts";
import {
    repairedBoundary,
    repairedBucketPolicy,
    repairedKeyPolicy,
    repairedRolePolicy,
    repairedTrust,
    withoutDenials,
} from "./documents.ts";
import type { Finding, Place, Scene } from "./link.ts";
import { read } from "./links/policies.ts";
import { known } from "./snapshot.ts";

export interface Repair {
    /** A change to this program's configuration, or one of its commands. */
    readonly program: string;
    /** AWS CLI commands with whole documents, in this order. */
    readonly commands: readonly string[];
    /** Location for the next import, if it changes. */
    readonly location?: string;
    /** Role for the next import, if it changes. */
    readonly roleArn?: string;
    /** The person who can fix it, and the request to that person, if the commands do not. */
    readonly ask?: string;
    /** Access that the commands add. */
    readonly allows?: readonly string[];
    /** Commands that undo the fix. */
    readonly undo?: readonly string[];
}

/** Name of the role policy that this program makes, and that the fixes write. */
const policyName = "read-interactions";
const prepared = "data/personalize_interactions_fixed.csv";
const drift = (what: string) => `pulumi refresh && pulumi up   # the program declares it: ${what}`;

/** Fixes one place. `moved`: its bucket moves to another region and needs new policies there. */
type MakeRepair = (scene: Scene, of: Import, group: readonly Finding[], moved: boolean) => Repair;

const json = (document: PolicyDocument) => JSON.stringify(document);
const roleNameOf = ({ roleArn }: Import) => roleArn.split("/").at(-1) ?? "";

function documentOf(scene: Scene, name: string): PolicyDocument | undefined {
    const found = known(scene.snapshot.role)?.policies.find((each) => each.name === name && each.arn === undefined);
    return found && read([found], "identity").policies[0]?.document;
}

function rolePolicyCommands(scene: Scene, of: Import, group: readonly Finding[]): string[] {
    const role = ["--role-name", roleNameOf(of)];
    const put = (name: string, document: PolicyDocument) =>
        shell("aws", "iam", "put-role-policy", ...role, "--policy-name", name, "--policy-document", json(document));
    const policies = known(scene.snapshot.role)?.policies ?? [];
    const denying = group.some(({ fault }) => fault === "role-deny");
    const repaired = policies.flatMap(({ name, arn, text }): string[] => {
        const document = read([{ name, text }], "identity").policies[0]?.document;
        if (!denying || !document) return [];
        const rest = withoutDenials(of, document);
        const all = Array.isArray(document.Statement) ? document.Statement.length : 1;
        if (rest.length === all || name === policyName) return [];
        if (arn !== undefined) return [shell("aws", "iam", "detach-role-policy", ...role, "--policy-arn", arn)];
        return rest.length === 0
            ? [shell("aws", "iam", "delete-role-policy", ...role, "--policy-name", name)]
            : [put(name, { ...document, Statement: rest })];
    });
    const wide = group.flatMap(({ fault, about }) =>
        fault === "too-wide-managed" && about !== undefined ? [about] : [],
    );
    return [
        ...repaired,
        put(policyName, repairedRolePolicy(of, documentOf(scene, policyName))),
        ...wide.map((arn) => shell("aws", "iam", "detach-role-policy", ...role, "--policy-arn", arn)),
    ];
}

const putBucketPolicy = (scene: Scene, of: Import) => {
    const present = scene.bucketPolicy && "document" in scene.bucketPolicy ? scene.bucketPolicy.document : undefined;
    const moved = of.bucket !== scene.of.bucket;
    const document = repairedBucketPolicy(of, moved ? undefined : present);
    return shell("aws", "s3api", "put-bucket-policy", "--bucket", of.bucket, "--policy", json(document));
};

const blockPublic = (bucket: string) =>
    shell(
        ...["aws", "s3api", "put-public-access-block", "--bucket", bucket, "--public-access-block-configuration"],
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
    );

export const repairs: Readonly<Record<Place, MakeRepair>> = {
    passRole({ snapshot: { caller } }, { roleArn }) {
        const document: PolicyDocument = {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "PassToPersonalize",
                    Effect: "Allow",
                    Action: "iam:PassRole",
                    Resource: roleArn,
                    Condition: { StringEquals: { "iam:PassedToService": personalizeService } },
                },
            ],
        };
        const path = parseArn(caller)?.resource.split("/") ?? [];
        const isUser = path[0] === "user";
        const who = isUser
            ? ["--user-name", path.at(-1) ?? ""]
            : ["--role-name", sessionOf(caller)?.roleName ?? path.at(-1) ?? ""];
        return {
            program:
                "# attach the operator policy `deploy` (docs/access.md) to the caller: it may pass this role, to Personalize only",
            commands: [
                shell(
                    ...["aws", "iam", isUser ? "put-user-policy" : "put-role-policy", ...who],
                    ...["--policy-name", "pass-personalize-role", "--policy-document", json(document)],
                ),
            ],
        };
    },
    rolePolicy: (scene, of, group) => ({
        program: drift("iam/import-access.ts, executionRolePolicy"),
        commands: rolePolicyCommands(scene, of, group),
    }),
    trust(scene, of, group) {
        const facts = known(scene.snapshot.role);
        const present = facts && read([{ name: "trust policy", text: facts.trust }], "resource").policies[0]?.document;
        const document = json(repairedTrust(of, present));
        const role = ["--role-name", roleNameOf(of)];
        const missing = group.some(({ fault }) => fault === "role-missing");
        return {
            program: drift("iam/import-access.ts, executionRoleTrust"),
            commands: missing
                ? [
                      shell("aws", "iam", "create-role", ...role, "--assume-role-policy-document", document),
                      ...rolePolicyCommands(scene, of, []),
                  ]
                : [shell("aws", "iam", "update-assume-role-policy", ...role, "--policy-document", document)],
        };
    },
    bucketPolicy: (scene, of) => ({
        program: drift("iam/import-access.ts, dataBucketPolicy"),
        commands: [putBucketPolicy(scene, of)],
    }),
    boundary(scene, of) {
        const facts = known(scene.snapshot.role);
        const present = facts?.boundary && read([facts.boundary], "identity").policies[0]?.document;
        const document = repairedBoundary(of, present ?? { Version: "2012-10-17", Statement: [] });
        const arn = facts?.boundary?.arn ?? "";
        return {
            program: "# your administrator owns the boundary: ask for this version of it",
            commands: [
                shell(
                    ...["aws", "iam", "create-policy-version", "--policy-arn", arn],
                    ...["--policy-document", json(document), "--set-as-default"],
                ),
            ],
        };
    },
    bucket: (_scene, { bucket }) => ({
        program: drift("components/data/data-bucket.ts"),
        commands: [blockPublic(bucket)],
    }),
    location(scene, of, group, moved) {
        const { snapshot } = scene;
        const location = `s3://${of.bucket}/${of.key}`;
        if (group.some(({ fault }) => fault === "bucket-missing")) {
            return {
                program: drift("components/data/data-bucket.ts makes the bucket and uploads the file"),
                commands: [...makeBucket(scene, of), shell("aws", "s3", "cp", prepared, location)],
            };
        }
        if (!moved) {
            return {
                program: "pulumi up   # uploads the file, and imports it from there",
                commands: [],
                location,
            };
        }
        const objects = snapshot.objects.flatMap((each) => ("is" in each ? [each.is.key] : []));
        return {
            program: `pulumi config set bucketName ${of.bucket} && pulumi up   # the program creates its bucket in aws:region`,
            commands: [
                ...makeBucket(scene, of),
                ...objects.map((key) =>
                    shell("aws", "s3", "cp", `s3://${scene.of.bucket}/${key}`, `s3://${of.bucket}/${key}`),
                ),
            ],
            location,
        };
    },
    object(_scene, of, group) {
        const [{ about = of.key }] = group as [Finding];
        // An empty folder accepts a file of any name.
        const key = about === "" || about.endsWith("/") ? `${about}interactions.csv` : about;
        return {
            program: `npm run data-prep && pulumi up   # ${prepared}, with the right header, and uploaded`,
            commands: [shell("aws", "s3", "cp", prepared, `s3://${of.bucket}/${key}`)],
        };
    },
    key(scene, of, group) {
        const [{ about = "" }] = group as [Finding];
        const key = known(
            Object.values(scene.snapshot.kmsKeys).find((each) => known(each)?.arn === about) ?? { unread: "" },
        );
        const present = key && read([{ name: "key policy", text: key.policy }], "resource").policies[0]?.document;
        const has = (...faults: readonly string[]) => group.some(({ fault }) => faults.includes(fault));
        const ask = (command: string, ...more: string[]) =>
            shell("aws", "kms", command, "--region", of.region, "--key-id", about, ...more);
        const policy = ["--policy-name", "default", "--policy", json(repairedKeyPolicy(of, present))];
        return {
            program: "# the program does not manage the key: ask its administrator to run the command below",
            commands: [
                ...(has("kms-pending-deletion") ? [ask("cancel-key-deletion")] : []),
                ...(has("kms-pending-deletion", "kms-disabled") ? [ask("enable-key")] : []),
                ...(has("kms-no-grant", "kms-one-only", "role-recreated") ? [ask("put-key-policy", ...policy)] : []),
            ],
        };
    },
    none: () => ({ program: "", commands: [] }),
};

function makeBucket(scene: Scene, of: Import): string[] {
    const { region } = scene.snapshot;
    const where = region === "us-east-1" ? [] : ["--create-bucket-configuration", `LocationConstraint=${region}`];
    return [
        shell("aws", "s3api", "create-bucket", "--region", region, "--bucket", of.bucket, ...where),
        blockPublic(of.bucket),
        putBucketPolicy(scene, of),
        shell(
            ...["aws", "iam", "put-role-policy", "--role-name", roleNameOf(of), "--policy-name", policyName],
            ...["--policy-document", json(repairedRolePolicy(of, documentOf(scene, policyName)))],
        ),
    ];
}
