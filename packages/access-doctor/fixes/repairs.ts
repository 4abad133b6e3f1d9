import { createHash } from "node:crypto";
import {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    type Import,
    type PolicyDocument,
    parseArn,
    type Statement,
} from "policy-evaluator";
import { shell } from "terminal-text";
import type { Finding, FixTarget, Scene } from "../link.ts";
import { read } from "../links/policies.ts";
import { refusedByOrganisation } from "../links/refusals.ts";
import { isChosen } from "../meant.ts";
import { fetchedValue } from "../snapshot.ts";
import {
    bucketStatements,
    findForeignSids,
    keyStatements,
    passStatement,
    roleStatements,
    storable,
    trustStatements,
    withStatements,
} from "./documents.ts";
import { fixObject } from "./object.ts";
import {
    bucketArnOf,
    entityOfCaller,
    importedFrom,
    putBucketPolicy,
    putCallerPolicy,
    putKeyPolicy,
    putRolePolicy,
    putTrust,
    type Repair,
    type Step,
} from "./steps.ts";

/** Name of the inline role policy to which the fixes add statements. */
const policyName = "read-interactions";

/** Returns a request to the owner of a document that cannot be read, because a fix must not replace it unread. */
const unreadRepair = (owner: string, what: string, statements: readonly Statement[]): Repair => ({
    ask: `${owner}: ${what}; the document cannot be read from here. If they are missing, add ${JSON.stringify(statements)}`,
});

const has = (group: readonly Finding[], ...faults: readonly Finding["fault"][]) =>
    group.some(({ fault }) => faults.includes(fault));

/**
 * Returns the command that restores a resource of the caller; undefined if the command would remove statements that
 * somebody else added.
 */
function restores({ snapshot }: Scene, arn: string, present?: PolicyDocument, declared?: PolicyDocument) {
    return findForeignSids(present, declared).length > 0 ? undefined : snapshot.owned[arn];
}

const parsed = (text: string | undefined, kind: "identity" | "resource") =>
    text === undefined ? undefined : read([{ name: "", text }], kind).policies[0]?.document;

/**
 * Returns a request to make an exception for the import in a rule that may be intended: a Deny, or an Allow with a
 * condition on dates, tags, one service or an organization. Returns undefined if there is no such rule.
 */
function askOfMeant(owner: string, group: readonly Finding[], { roleArn }: Import): Repair | undefined {
    const isDenial = ({ explanation }: Finding) => explanation?.effect === "Deny";
    const meant = group.filter(
        (each) => isDenial(each) || each.explanation?.conditions.some(({ key }) => isChosen(key)),
    );
    const [first] = meant;
    if (!first) return undefined;
    const what = isDenial(first) ? "what denies this import" : "the condition that this import does not meet";
    const lacking = group.length > meant.length ? " The statements that allow the import are missing, too." : "";
    const which = meant.map(({ sentence }) => sentence).join(" ");
    return {
        ask: `${owner}: except personalize.amazonaws.com and ${roleArn} from ${what}, if that agrees with its purpose. ${which}${lacking}`,
    };
}

/**
 * Returns a step that writes a document with additional statements. If AWS would reject the document, returns a request
 * to its owner.
 */
function added(
    owner: string,
    present: PolicyDocument | undefined,
    add: Parameters<typeof withStatements>[1],
    write: (written: { before: PolicyDocument | undefined; document: PolicyDocument }) => Step,
): Repair {
    const document = storable(withStatements(present, add));
    return document
        ? { owner, steps: [write({ before: present, document })] }
        : { ask: `${owner}: a denial names a principal that was deleted; correct it, and add ${JSON.stringify(add)}` };
}

type MakeRepair = (scene: Scene, group: readonly Finding[]) => Repair;

/** For each kind of resource, the function that returns its fix. */
export const repairs: Readonly<Record<FixTarget, MakeRepair>> = {
    passRole({ snapshot: { caller }, of }, group) {
        const entity = entityOfCaller(caller);
        const isAbsent = group.some(({ sentence }) => sentence.endsWith("no statement allows iam:PassRole."));
        const forOthers = group.some(({ sentence }) => sentence.includes("another iam:PassedToService"));
        const statement = passStatement(of);
        if (!entity || !(isAbsent || forOthers) || parseArn(of.roleArn)?.accountId !== parseArn(caller)?.accountId) {
            return { ask: `the administrator of ${caller}: lift what keeps it from ${JSON.stringify(statement)}` };
        }
        const id = createHash("sha256").update(of.roleArn).digest("hex").slice(0, 8);
        return {
            owner: `the administrator of ${caller}`,
            steps: [putCallerPolicy(entity, `pass-to-personalize-${id}`, withStatements(undefined, [statement]))],
        };
    },
    rolePolicy(scene, group) {
        const { of, snapshot } = scene;
        const mine = fetchedValue(snapshot.role)?.policies.find(
            ({ name, arn }) => name === policyName && arn === undefined,
        );
        const present = parsed(mine?.text, "identity");
        const place = { partition: of.partition, bucketName: of.bucket, readPrefixes: [of.key] };
        const owner = `the owner of the role ${of.roleArn}`;
        const unread =
            "unread" in snapshot.role &&
            unreadRepair(owner, `allow it to list and read ${of.bucket}`, roleStatements(of));
        return (
            askOfMeant(owner, group, of) ??
            (unread || {
                ...added(owner, present, roleStatements(of), (written) => putRolePolicy(of, policyName, written)),
                program: restores(scene, of.roleArn, present, executionRolePolicy(place)),
            })
        );
    },
    trust(scene, group) {
        const { of, snapshot } = scene;
        const facts = fetchedValue(snapshot.role);
        const owner = `the owner of the role ${of.roleArn}`;
        if (has(group, "role-other-account")) {
            return {
                ask: `the caller who starts the import: name a role of your own account ${snapshot.accountId}; Personalize takes no other.`,
            };
        }
        if (has(group, "role-path") && facts) {
            return { roleArn: facts.arn, moved: (before) => ({ ...before, roleArn: facts.arn }) };
        }
        if (has(group, "role-missing")) {
            const program = restores(scene, of.roleArn);
            const documents = `the trust policy ${JSON.stringify(executionRoleTrust(of))} and the policy ${JSON.stringify(withStatements(undefined, roleStatements(of)))}`;
            return program === undefined
                ? {
                      ask: `an administrator of account ${of.accountId}: create the role ${of.roleArn} with ${documents}`,
                  }
                : { program };
        }
        const present = parsed(facts?.trust, "resource");
        return (
            askOfMeant(owner, group, of) ?? {
                ...added(owner, present, trustStatements(of), (written) => putTrust(of, written)),
                program: restores(scene, of.roleArn, present, executionRoleTrust(of)),
            }
        );
    },
    boundary({ of, snapshot }, group) {
        const { arn = "" } = fetchedValue(snapshot.role)?.boundary ?? {};
        const owner = `the administrator of the role's permissions boundary${arn && ` ${arn}`}`;
        const missing = `allow ${of.roleArn} s3:ListBucket and s3:GetObject on ${of.bucket}: add ${JSON.stringify(roleStatements(of))}`;
        return askOfMeant(owner, group, of) ?? { ask: `${owner}: ${missing}` };
    },
    bucketPolicy(scene, group) {
        const { of, bucketPolicy } = scene;
        const owner = `the owner of the bucket ${of.bucket}`;
        const present = bucketPolicy && "document" in bucketPolicy ? bucketPolicy.document : undefined;
        const unread =
            "unread" in scene.snapshot.bucketPolicy &&
            unreadRepair(owner, `let ${of.roleArn} and Personalize list and read it`, bucketStatements(of));
        const place = { partition: of.partition, bucketName: of.bucket, readPrefixes: [of.key], writePrefix: "any" };
        const declared = dataBucketPolicy(place, of);
        const repair =
            askOfMeant(owner, group, of) ??
            (unread || added(owner, present, bucketStatements(of), (written) => putBucketPolicy(of.bucket, written)));
        const program = scene.snapshot.owned[bucketArnOf(of)];
        if (repair.ask === undefined || program === undefined) {
            return { ...repair, program: restores(scene, bucketArnOf(of), present, declared) };
        }
        // The caller owns the bucket, so there is nobody to ask.
        const others = findForeignSids(present, declared).join(", ");
        return { program: others === "" ? program : `${program}   # removes ${others} from the bucket policy` };
    },
    location(scene, group) {
        const { of } = scene;
        const data = `the owner of the data`;
        const program = has(group, "bucket-missing") ? restores(scene, bucketArnOf(of)) : undefined;
        if (program !== undefined) return { program };
        const { about } = group[0] ?? {};
        if (has(group, "bucket-missing")) {
            const meant = about === undefined ? "" : ` If ${about} was meant, import from s3://${about}/${of.key}.`;
            const make = about === undefined ? ` Or create it in ${of.region}, and upload the file.` : "";
            return { ask: `${data}: in which bucket is ${of.key}? There is no bucket ${of.bucket}.${meant}${make}` };
        }
        if (has(group, "bucket-region")) {
            return {
                ask: `${data}: copy s3://${of.bucket}/${of.key} into a bucket in ${of.region}, and import from there.`,
            };
        }
        if (has(group, "bucket-alias")) {
            return { ask: `${data}: name the bucket behind the access point ${of.bucket} in the import's location.` };
        }
        const key = about ?? of.key;
        return { location: `s3://${of.bucket}/${key}`, moved: importedFrom(key) };
    },
    key({ of, snapshot }, group) {
        const { about = "", sentence = "" } = group[0] ?? {};
        const owner = `the administrator of the key ${about}`;
        const facts = Object.values(snapshot.kmsKeys)
            .map(fetchedValue)
            .find((each) => each?.arn === about);
        if (has(group, "kms-disabled", "kms-pending-deletion", "kms-gone")) {
            const how = `aws kms cancel-key-deletion and aws kms enable-key, with ${shell("--region", of.region, "--key-id", about)}`;
            return {
                ask: `${owner}: make it usable again (${how}), or let the data be uploaded with another key. ${sentence}`,
            };
        }
        const present = parsed(facts?.policy, "resource");
        const meant = askOfMeant(owner, group, of);
        if (meant) return meant;
        return present
            ? added(owner, present, keyStatements(of), (written) => putKeyPolicy(of.region, about, written))
            : unreadRepair(owner, `let ${of.roleArn} and Personalize use it`, keyStatements(of));
    },
    organisation: ({ of, snapshot }) => ({
        ask:
            `the administrator of your AWS organisation: allow s3:GetObject and s3:ListBucket on ${of.bucket} to ${of.roleArn} ` +
            `and personalize.amazonaws.com in its ${refusedByOrganisation(snapshot)?.policy.split(" ")[0] ?? "service"} control policies.`,
    }),
    object: fixObject,
    none: () => ({}),
};
