import { createHash } from "node:crypto";
import { parseArn } from "policy-evaluator";
import { executionRolePolicy, executionRoleTrust } from "../../../../iam/import-access.ts";
import type { Scene } from "../link.ts";
import { known } from "../snapshot.ts";
import { passRolePolicy, repairedBoundary, repairedRolePolicy, repairedTrust, withoutImport } from "./documents.ts";
import {
    asks,
    drift,
    has,
    kept,
    type MakeRepair,
    nothing,
    parsed,
    placeOf,
    policyName,
    type Repair,
} from "./repair.ts";
import {
    createRole,
    entityOfCaller,
    putBoundary,
    putCallerPolicy,
    putRolePolicy,
    putTrust,
    type Step,
} from "./steps.ts";

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

/** Repairs of the role's documents, and of the caller's right to pass it. */
export const roleRepairs: Readonly<Record<"passRole" | "rolePolicy" | "trust" | "boundary", MakeRepair>> = {
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
};
