import { type PolicyKind, type Statement, toList } from "policy-evaluator";
import { createLink, type Finding, type FixTarget, type Link, type Scene, warning } from "../link.ts";
import { fetchedValue } from "../snapshot.ts";
import { hasSource, namesPersonalize, read } from "./policies.ts";

const wideManaged = [
    ...["AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess"],
    "AmazonPersonalizeFullAccess",
];

/** Warns of permissions beyond an import's needs, which people often add until an import works. */
export function tooWide({ snapshot, bucketPolicy }: Scene): Link {
    const facts = fetchedValue(snapshot.role);
    const statementsIn = (texts: Parameters<typeof read>[0], kind: PolicyKind) =>
        read(texts, kind).policies.flatMap(({ document }) => toList(document.Statement));
    const ofPolicies = (facts?.policies ?? []).flatMap((policy): Finding[] => {
        const { name, arn = "" } = policy;
        const managed = wideManaged.find((each) => arn.endsWith(`:policy/${each}`) || arn.endsWith(`/${each}`));
        if (managed !== undefined) {
            const sentence = `${managed} grants the role far more than an import needs: one document for ${snapshot.bucket} is enough.`;
            return [{ ...warning("too-wide-managed", sentence, "rolePolicy", `attached: ${arn}`), about: arn }];
        }
        const sentence = `A statement of the ${name} reaches far beyond ${snapshot.bucket}.`;
        const wide = statementsIn([policy], "identity").filter(isWide);
        return wide.map((one) => warning("too-wide", sentence, "rolePolicy", JSON.stringify(one)));
    });
    const inBucket = bucketPolicy && "document" in bucketPolicy ? toList(bucketPolicy.document.Statement) : [];
    const open = inBucket.filter((one) => one.Effect === "Allow" && isEverybody(one) && !one.Condition);
    const withoutSource = (statements: readonly Statement[], where: string, place: FixTarget): Finding[] => {
        const named = statements.filter((one) => namesPersonalize(one) && !hasSource(one));
        const sentence = `The ${where} allows Personalize for any account's resources: it does not require aws:SourceAccount.`;
        const evidence = named.map((one) => JSON.stringify(one));
        return named.length > 0 ? [warning("no-conditions", sentence, place, ...evidence)] : [];
    };
    const trust = facts ? [{ name: "trust policy", text: facts.trust }] : [];
    return createLink("least privilege", "nothing is wider than necessary", [
        ...ofPolicies,
        ...open.map((one) =>
            warning("too-wide", "The bucket policy allows everyone.", "bucketPolicy", JSON.stringify(one)),
        ),
        ...withoutSource(statementsIn(trust, "resource"), "trust policy", "trust"),
        ...withoutSource(inBucket, "bucket policy", "bucketPolicy"),
    ]);
}

function isWide({ Effect, Action, NotAction, Resource, NotResource }: Statement): boolean {
    const actions = toList(Action);
    const s3 = NotAction !== undefined || actions.some((action) => action === "*" || /^s3:/i.test(action));
    const anything = NotAction !== undefined || actions.some((action) => /^(\*|s3:\*)$/i.test(action));
    const anywhere =
        NotResource !== undefined || toList(Resource).some((name) => /^(\*|arn:[^:]+:s3:::\*.*)$/.test(name));
    return Effect === "Allow" && s3 && (anything || anywhere);
}

const isEverybody = ({ Principal }: Statement) =>
    Principal === "*" || (Principal !== undefined && toList(Principal.AWS).includes("*"));
