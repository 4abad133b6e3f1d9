import { type Statement, toList } from "policy-evaluator";
import { createLink, type Finding, type Link, type Scene, warning } from "../link.ts";
import { fetchedValue } from "../snapshot.ts";
import { hasSource, namesPersonalize, read } from "./policies.ts";

const wideManaged = [
    ...["AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess"],
    "AmazonPersonalizeFullAccess",
];

/** Warns of permissions beyond an import's needs, which people often add until an import works. */
export function tooWide({ snapshot, bucketPolicy }: Scene): Link {
    const facts = fetchedValue(snapshot.role);
    const findings: Finding[] = [];
    for (const { name, arn = "", text } of facts?.policies ?? []) {
        const managed = wideManaged.find((each) => arn.endsWith(`:policy/${each}`) || arn.endsWith(`/${each}`));
        if (managed !== undefined) {
            const sentence = `${managed} grants the role far more than an import needs: one document for ${snapshot.bucket} is enough.`;
            findings.push({ ...warning("too-wide-managed", sentence, "rolePolicy", `attached: ${arn}`), about: arn });
            continue;
        }
        const wide = read([{ name, text }], "identity")
            .policies.flatMap(({ document }) => toList(document.Statement))
            .filter(isWide);
        findings.push(
            ...wide.map((statement) =>
                warning(
                    "too-wide",
                    `A statement of the ${name} reaches far beyond ${snapshot.bucket}.`,
                    "rolePolicy",
                    JSON.stringify(statement),
                ),
            ),
        );
    }
    const inBucket = bucketPolicy && "document" in bucketPolicy ? toList(bucketPolicy.document.Statement) : [];
    findings.push(
        ...inBucket
            .filter((statement) => statement.Effect === "Allow" && isEverybody(statement) && !statement.Condition)
            .map((statement) =>
                warning("too-wide", "The bucket policy allows everyone.", "bucketPolicy", JSON.stringify(statement)),
            ),
    );
    const trusting = read(facts ? [{ name: "trust policy", text: facts.trust }] : [], "resource").policies.flatMap(
        ({ document }) => toList(document.Statement),
    );
    for (const [statements, where, place] of [
        [trusting, "trust policy", "trust"],
        [inBucket, "bucket policy", "bucketPolicy"],
    ] as const) {
        const open = statements.filter((statement) => namesPersonalize(statement) && !hasSource(statement));
        if (open.length > 0) {
            const sentence = `The ${where} allows Personalize for any account's resources: it does not require aws:SourceAccount.`;
            findings.push(warning("no-conditions", sentence, place, ...open.map((each) => JSON.stringify(each))));
        }
    }
    return createLink("least privilege", "nothing is wider than necessary", findings);
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
