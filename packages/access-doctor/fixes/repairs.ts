import { dataBucketPolicy, executionRolePolicy, executionRoleTrust, type PolicyDocument } from "policy-evaluator";
import { shell } from "terminal-text";
import type { Finding, FixTarget, Scene } from "../link.ts";
import { isForeign } from "../links/kms.ts";
import { readable } from "../links/object.ts";
import { read } from "../links/policies.ts";
import { refusedByOrganisation } from "../links/refusals.ts";
import { fetchedValue } from "../snapshot.ts";
import { addTo, askOfRule, sentencesOf } from "./add-statements.ts";
import {
    bucketStatements,
    findForeignSids,
    keyStatements,
    passStatement,
    roleStatements,
    trustStatements,
    withStatements,
} from "./documents.ts";
import { fixObject } from "./object.ts";
import {
    bucketArnOf,
    importedFrom,
    putBucketPolicy,
    putKeyPolicy,
    putRolePolicy,
    putTrust,
    type Repair,
} from "./steps.ts";

/** Name of the inline role policy to which the fixes add statements. */
const policyName = "read-interactions";

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

const notRead = "the policy cannot be read from here";

/** Returns the conditions under which no command may change the role. */
const unlessRole = ({ snapshot: { role }, of }: Scene) => ({
    [notRead]: "unread" in role,
    "AWS manages this role; import by another one": /:role\/aws-(service-role|reserved)\//.test(of.roleArn),
});

type MakeRepair = (scene: Scene, group: readonly Finding[]) => Repair;

/** For each kind of resource, the function that returns its fix. */
export const repairs: Readonly<Record<FixTarget, MakeRepair>> = {
    // Whoever may not pass a role is rarely allowed to change the own policies.
    passRole: ({ snapshot: { caller }, of }, group) => ({
        ask: `the administrator of ${caller}: let it pass the role, by ${JSON.stringify(passStatement(of))}, unless that is denied on purpose. ${sentencesOf(group)}`,
    }),
    rolePolicy(scene, group) {
        const { of, snapshot } = scene;
        const inline = (fetchedValue(snapshot.role)?.policies ?? []).filter(({ arn }) => arn === undefined);
        const mine = inline.find(({ name }) => name === policyName);
        const others = inline.filter((each) => each !== mine).map(({ text }) => text);
        const present = parsed(mine?.text, "identity");
        const place = { partition: of.partition, bucketName: of.bucket, readPrefixes: [of.key] };
        return addTo(scene, group, {
            owner: `the owner of the role ${of.roleArn}`,
            statements: roleStatements(of),
            present,
            unless: unlessRole(scene),
            write: (written) => putRolePolicy(of, policyName, written, others),
            program: restores(scene, of.roleArn, present, executionRolePolicy(place)),
        });
    },
    trust(scene, group) {
        const { of, snapshot } = scene;
        const facts = fetchedValue(snapshot.role);
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
        return addTo(scene, group, {
            owner: `the owner of the role ${of.roleArn}`,
            statements: trustStatements(of),
            present,
            unless: unlessRole(scene),
            write: (written) => putTrust(of, written),
            program: restores(scene, of.roleArn, present, executionRoleTrust(of)),
        });
    },
    // A boundary limits a role on purpose, so no command widens it.
    boundary(scene, group) {
        const { arn = "" } = fetchedValue(scene.snapshot.role)?.boundary ?? {};
        const owner = `the administrator of the role's permissions boundary${arn && ` ${arn}`}`;
        const { roleArn, bucket } = scene.of;
        const statements = roleStatements(scene.of);
        const missing = `allow ${roleArn} s3:ListBucket and s3:GetObject on ${bucket}: add ${JSON.stringify(statements)}`;
        return askOfRule(owner, group, scene.of, statements) ?? { ask: `${owner}: ${missing}` };
    },
    bucketPolicy(scene, group) {
        const { of, bucketPolicy, snapshot } = scene;
        const present = bucketPolicy && "document" in bucketPolicy ? bucketPolicy.document : undefined;
        const place = { partition: of.partition, bucketName: of.bucket, readPrefixes: [of.key], writePrefix: "any" };
        const declared = dataBucketPolicy(place, of);
        const repair = addTo(scene, group, {
            owner: `the owner of the bucket ${of.bucket}`,
            statements: bucketStatements(of),
            present,
            unless: {
                [notRead]: "unread" in snapshot.bucketPolicy,
                "the bucket is not known to be of this account": of.bucketAccount !== of.accountId,
            },
            write: (written) => putBucketPolicy(of.bucket, written),
            program: restores(scene, bucketArnOf(of), present, declared),
        });
        const program = snapshot.owned[bucketArnOf(of)];
        if (repair.ask === undefined || program === undefined) return repair;
        const others = findForeignSids(present, declared).join(", ");
        return others === ""
            ? { program }
            : {
                  ask: `whoever added ${others} to the bucket policy of your bucket ${of.bucket}: is it needed? ${sentencesOf(group)} To remove it, run ${program}`,
              };
    },
    location(scene, group) {
        const { of, snapshot } = scene;
        const data = "the owner of the data";
        if (has(group, "bucket-missing")) {
            const program = restores(scene, bucketArnOf(of));
            if (program !== undefined) return { program };
            const { about } = group[0] ?? {};
            const meant =
                about === undefined
                    ? ` Or create it in ${of.region}, and upload the file.`
                    : ` If ${about} was meant, which has that key, import from s3://${about}/${of.key}.`;
            return { ask: `${data}: in which bucket is ${of.key}? There is no bucket ${of.bucket}.${meant}` };
        }
        if (has(group, "bucket-region")) {
            return {
                ask: `${data}: copy s3://${of.bucket}/${of.key} into a bucket in ${of.region}, and import from there.`,
            };
        }
        if (has(group, "bucket-alias")) {
            return { ask: `${data}: name the bucket behind the access point ${of.bucket} in the import's location.` };
        }
        const [only, ...more] = readable(snapshot);
        if (only === undefined) return { ask: `${data}: under which key is the file? ${sentencesOf(group)}` };
        const locations = [only, ...more].map(({ location }) => `s3://${of.bucket}/${location}`);
        // Names that differ in their digits are usually meant to differ, such as those of two days.
        const isAnother =
            has(group, "object-wrong-key") && only.location.replace(/\D/g, "") !== of.key.replace(/\D/g, "");
        return more.length > 0 || isAnother
            ? {
                  ask: `${data}: which of these is meant: ${locations.join(", ")}? An import reads one file, or the first level of one folder.`,
              }
            : { location: locations[0] as string, moved: importedFrom(only.location, only.objects) };
    },
    key(scene, group) {
        const { of, snapshot } = scene;
        const { about = "" } = group[0] ?? {};
        const owner = `the administrator of the key ${about}`;
        const facts = Object.values(snapshot.kmsKeys)
            .map(fetchedValue)
            .find((each) => each?.arn === about);
        if (facts && facts.state !== "Enabled") {
            const how = stateHints[facts.state]?.(shell("--region", of.region, "--key-id", about));
            const usable = how === undefined ? "look at the state of the key" : how;
            return {
                ask: `${owner}: ${usable}; or let the data be uploaded with another key. ${sentencesOf(group)}`,
            };
        }
        return addTo(scene, group, {
            owner,
            statements: keyStatements(of),
            present: parsed(facts?.policy, "resource"),
            unless: { [notRead]: facts === undefined, "another account owns the key": isForeign(snapshot, about) },
            write: (written) => putKeyPolicy(of.region, about, written),
        });
    },
    organisation: ({ of, snapshot }) => ({
        ask:
            `the administrator of your AWS organisation: allow s3:GetObject and s3:ListBucket on ${of.bucket} to ${of.roleArn} ` +
            `and personalize.amazonaws.com in its ${refusedByOrganisation(snapshot)?.policy?.split(" ")[0] ?? "service"} control policies.`,
    }),
    object: fixObject,
    none: () => ({}),
};

/** What makes a KMS key usable, by its state (KMS Developer Guide, "Key states of AWS KMS keys"). */
const stateHints: Readonly<Record<string, (key: string) => string>> = {
    Disabled: (key) => `enable it with aws kms enable-key ${key}`,
    PendingDeletion: (key) =>
        `was it scheduled for deletion on purpose? If not: aws kms cancel-key-deletion ${key} && aws kms enable-key ${key}`,
    PendingImport: (key) =>
        `its key material was never imported, or has expired: aws kms get-parameters-for-import and aws kms import-key-material, with ${key}`,
    Unavailable: () => "its custom key store is disconnected: connect it",
    gone: () => "it does not exist, and what it encrypted cannot be read again",
};
