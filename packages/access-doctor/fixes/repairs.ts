import {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    type PolicyDocument,
    toList,
} from "policy-evaluator";
import { shell } from "terminal-text";
import type { Finding, FixTarget, Scene } from "../link.ts";
import { isForeign } from "../links/kms.ts";
import { readable } from "../links/object.ts";
import { read } from "../links/policies.ts";
import { refusedByOrganization } from "../links/refusals.ts";
import { fetchedValue } from "../snapshot.ts";
import { addTo, askOfRule, sentencesOf } from "./add-statements.ts";
import {
    bucketStatements,
    findForeignSids,
    keyStatements,
    passStatement,
    roleStatements,
    toDataPlace,
    withStatements,
} from "./documents.ts";
import { fixObject } from "./object.ts";
import {
    bucketArnOf,
    bucketPolicyOf,
    importedFrom,
    inlinePolicyOf,
    keyPolicyOf,
    type Repair,
    trustOf,
} from "./steps.ts";

/** Name of the inline role policy to which the fixes add statements. */
const policyName = "read-interactions";

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

/** Returns the fields of a repair of the role: its owner, and the conditions under which no command may change it. */
const ofRole = ({ snapshot: { role }, of: { roleArn } }: Scene) => ({
    owner: `the owner of the role ${roleArn}`,
    unless: {
        [notRead]: "unread" in role,
        "AWS manages this role; import by another one": /:role\/aws-(service-role|reserved)\//.test(roleArn),
    },
});

const data = "the owner of the data";

type MakeRepair = (scene: Scene, group: readonly Finding[]) => Repair;

/** For each kind of resource, the function that returns its fix. */
export const repairs: Readonly<Record<FixTarget, MakeRepair>> = {
    // Whoever may not pass a role may rarely change their own policies.
    passRole: ({ snapshot: { caller }, of }, group) => ({
        ask: `the administrator of ${caller}: let it pass the role, by ${JSON.stringify(passStatement(of))}, unless that is denied on purpose. ${sentencesOf(group)}`,
    }),
    rolePolicy(scene, group) {
        const { of, snapshot } = scene;
        const inline = (fetchedValue(snapshot.role)?.policies ?? []).filter(({ arn }) => arn === undefined);
        const mine = inline.find(({ name }) => name === policyName);
        const others = inline.filter((each) => each !== mine).map(({ text }) => text);
        const present = parsed(mine?.text, "identity");
        return addTo(scene, group, {
            ...ofRole(scene),
            statements: roleStatements(of),
            present,
            store: inlinePolicyOf(of, policyName, others),
            program: restores(scene, of.roleArn, present, executionRolePolicy(toDataPlace(of))),
        });
    },
    trust(scene, group) {
        const { of, snapshot } = scene;
        const facts = fetchedValue(snapshot.role);
        const faults = group.map(({ fault }) => fault);
        if (faults.includes("role-other-account")) {
            return {
                ask: `the caller who starts the import: name a role of your own account ${snapshot.accountId}; Personalize takes no other.`,
            };
        }
        if (faults.includes("role-path") && facts) {
            return { roleArn: facts.arn, moved: (before) => ({ ...before, roleArn: facts.arn }) };
        }
        const declared = executionRoleTrust(of);
        const present = parsed(facts?.trust, "resource");
        const program = restores(scene, of.roleArn, present, declared);
        if (faults.includes("role-missing")) {
            const documents = `the trust policy ${JSON.stringify(declared)} and the policy ${JSON.stringify(withStatements(undefined, roleStatements(of)))}`;
            const ask = `an administrator of account ${of.accountId}: create the role ${of.roleArn} with ${documents}`;
            return program === undefined ? { ask } : { program };
        }
        const statements = toList(declared.Statement);
        return addTo(scene, group, { ...ofRole(scene), statements, present, store: trustOf(of), program });
    },
    // A boundary limits a role on purpose, so no command widens it.
    boundary({ snapshot, of }, group) {
        const { arn = "" } = fetchedValue(snapshot.role)?.boundary ?? {};
        const owner = `the administrator of the role's permissions boundary${arn && ` ${arn}`}`;
        const statements = roleStatements(of);
        const missing = `allow ${of.roleArn} s3:ListBucket and s3:GetObject on ${of.bucket}: add ${JSON.stringify(statements)}`;
        return askOfRule(owner, group, of, statements) ?? { ask: `${owner}: ${missing}` };
    },
    bucketPolicy(scene, group) {
        const { of, bucketPolicy, snapshot } = scene;
        const present = bucketPolicy && "document" in bucketPolicy ? bucketPolicy.document : undefined;
        const declared = dataBucketPolicy({ ...toDataPlace(of), writePrefix: "any" }, of);
        const repair = addTo(scene, group, {
            owner: `the owner of the bucket ${of.bucket}`,
            statements: bucketStatements(of),
            present,
            unless: {
                [notRead]: "unread" in snapshot.bucketPolicy,
                "the bucket is not known to be of this account": of.bucketAccount !== of.accountId,
            },
            store: bucketPolicyOf(of),
            program: restores(scene, bucketArnOf(of), present, declared),
        });
        const program = snapshot.owned[bucketArnOf(of)];
        if (repair.ask === undefined || program === undefined) return repair;
        const others = findForeignSids(present, declared).join(", ");
        const ask = `whoever added ${others} to the bucket policy of your bucket ${of.bucket}: is it needed? ${sentencesOf(group)} To remove it, run ${program}`;
        return others === "" ? { program } : { ask };
    },
    location(scene, group) {
        const { of, snapshot } = scene;
        const [{ fault, about }] = group as [Finding];
        const program = fault === "bucket-missing" ? restores(scene, bucketArnOf(of)) : undefined;
        if (program !== undefined) return { program };
        const meant =
            about === undefined
                ? `Or create it in ${of.region}, and upload the file.`
                : `If ${about} was meant, which has that key, import from s3://${about}/${of.key}.`;
        const asks: Partial<Record<Finding["fault"], string>> = {
            "bucket-missing": `in which bucket is ${of.key}? There is no bucket ${of.bucket}. ${meant}`,
            "bucket-region": `copy s3://${of.bucket}/${of.key} into a bucket in ${of.region}, and import from there.`,
            "bucket-alias": `name the bucket behind the access point ${of.bucket} in the import's location.`,
        };
        const proposed = readable(snapshot);
        const [only] = proposed;
        const locations = proposed.map((each) => `s3://${of.bucket}/${each.location}`);
        const which =
            only === undefined
                ? `under which key is the file? ${sentencesOf(group)}`
                : locations.length === 1
                  ? `is ${locations[0]} meant?`
                  : `which of these is meant: ${locations.join(", ")}? An import reads one file, or the first level of one folder.`;
        // Names that differ in their digits are usually meant to differ, such as those of two days.
        const digits = (key = "") => key.replace(/\D/g, "");
        const isAnother = fault === "object-wrong-key" && digits(only?.location) !== digits(of.key);
        if (asks[fault] !== undefined || only === undefined || locations.length > 1 || isAnother) {
            return { ask: `${data}: ${asks[fault] ?? which}` };
        }
        return { location: locations.join(), moved: importedFrom(only.location, only.objects) };
    },
    key(scene, group) {
        const { of, snapshot } = scene;
        const { about = "" } = group[0] ?? {};
        const owner = `the administrator of the key ${about}`;
        const all = Object.values(snapshot.kmsKeys).map(fetchedValue);
        const facts = all.find((each) => each?.arn === about);
        if (facts && facts.state !== "Enabled") {
            const key = shell("--region", of.region, "--key-id", about);
            const usable = stateHints[facts.state]?.replaceAll("{key}", key) ?? "look at the state of the key";
            return {
                ask: `${owner}: ${usable}; or let the data be uploaded with another key. ${sentencesOf(group)}`,
            };
        }
        return addTo(scene, group, {
            owner,
            statements: keyStatements(of),
            present: parsed(facts?.policy, "resource"),
            unless: { [notRead]: facts === undefined, "another account owns the key": isForeign(snapshot, about) },
            store: keyPolicyOf(of, about),
        });
    },
    organization: ({ of, snapshot }) => ({
        ask:
            `the administrator of your AWS organization: allow s3:GetObject and s3:ListBucket on ${of.bucket} to ${of.roleArn} ` +
            `and personalize.amazonaws.com in its ${refusedByOrganization(snapshot)?.policy?.split(" ")[0] ?? "service"} control policies.`,
    }),
    object: fixObject,
    none: () => ({}),
};

/** What makes a KMS key usable, by its state (KMS Developer Guide, "Key states of AWS KMS keys"). */
const stateHints: Readonly<Record<string, string>> = {
    Disabled: "enable it with aws kms enable-key {key}",
    PendingDeletion:
        "was it scheduled for deletion on purpose? If not: aws kms cancel-key-deletion {key} && aws kms enable-key {key}",
    PendingImport:
        "its key material was never imported, or has expired: aws kms get-parameters-for-import and aws kms import-key-material, with {key}",
    Unavailable: "its custom key store is disconnected: connect it",
    gone: "it does not exist, and what it encrypted cannot be read again",
};
