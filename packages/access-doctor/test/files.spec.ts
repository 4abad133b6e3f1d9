import assert from "node:assert/strict";
import { importedKeys } from "../data-file/names.ts";
import { diagnose } from "../diagnose.ts";
import { findArchiveClass } from "../fetch-bucket.ts";
import { proposals } from "../links/object.ts";
import type { Snapshot } from "../snapshot.ts";
import { interactions } from "./fixtures/import-fixture.ts";
import { createFixture, findBrokenFaults, fixtureSnapshot } from "./support.ts";

const key = "movies/interactions.csv";
const bytes = (text: string | Uint8Array) => new Uint8Array(typeof text === "string" ? Buffer.from(text) : text);
const items = JSON.stringify({
    type: "record",
    name: "Items",
    fields: [
        { name: "ITEM_ID", type: "string" },
        { name: "GENRES", type: ["null", "string"], categorical: true },
        { name: "YEAR", type: ["null", "int"] },
    ],
});
const users = items
    .replace("Items", "Users")
    .replace("ITEM_ID", "USER_ID")
    .replace("GENRES", "JOB")
    .replace("YEAR", "AGE");

/** Returns the snapshot of an import from `location` in a bucket with the given files. */
function of(
    files: Readonly<Record<string, string | Uint8Array>>,
    { location = key, schema = "", datasetType = "ITEMS", keys = Object.keys(files) } = {},
): Snapshot {
    const objects = Object.entries(files).map(([name, content]) => {
        const start = bytes(content);
        return { is: { key: name, size: start.length, start } };
    });
    const listed = keys.map((each) => ({ key: each, size: 1 }));
    const found = (from: string) => importedKeys(from, listed).map((name) => ({ is: { key: name, size: 1 } }));
    return {
        ...fixtureSnapshot(createFixture()),
        key: location,
        objects,
        keys: { is: listed },
        candidates: proposals(location, listed).map((each) => ({ ...each, objects: found(each.location) })),
        schema: {
            is:
                schema === ""
                    ? undefined
                    : { datasetType, text: schema, arn: "arn:aws:personalize:eu-central-1:000000000000:schema/s" },
        },
    };
}

const sentences = (snapshot: Snapshot) => diagnose(snapshot).findings.map(({ sentence }) => sentence);

describe("`diagnose` of items and users files", () => {
    it("an items file needs only one row, and its values are compared with the schema of the items dataset", () => {
        const good = "ITEM_ID,GENRES,YEAR\n1,Comedy|Drama,1995\n2,,\n";
        assert.deepEqual(findBrokenFaults(of({ [key]: good }, { schema: items })), []);
        assert.deepEqual(findBrokenFaults(of({ [key]: "ITEM_ID,GENRES,YEAR\n" }, { schema: items })), ["rows-too-few"]);
        const wrong = of(
            { [key]: `${good}3,Drama,soon\n,Drama,1995\n4,${"x".repeat(1001)},1995\n5,Drama\n` },
            { schema: items },
        );
        assert.deepEqual(findBrokenFaults(wrong), ["value-type", "value-absent", "value-too-long", "row-width"]);
        assert.deepEqual(sentences(wrong), [
            `Line 4 of ${key} has "soon" for YEAR, which is of type int in the schema.`,
            `Line 5 of ${key} has no value for ITEM_ID, which may not be null in the schema.`,
            `Line 6 of ${key} has "${"x".repeat(199)}…" for GENRES, which is longer than 1000 characters.`,
            `Line 7 of ${key} has 2 values, where the header has 3 columns.`,
        ]);
        assert.deepEqual(
            findBrokenFaults(of({ [key]: "USER_ID,JOB,AGE\n1,writer,25\n" }, { schema: users, datasetType: "USERS" })),
            [],
        );
    });

    it("without a schema, `diagnose` detects the type of dataset from the header", () => {
        assert.deepEqual(findBrokenFaults(of({ [key]: "ITEM_ID,TITLE\n1,Alien\n" })), []);
        assert.deepEqual(findBrokenFaults(of({ [key]: "USER_ID,AGE\n1,25\n" })), []);
        assert.deepEqual(findBrokenFaults(of({ [key]: interactions })), []);
        assert.deepEqual(findBrokenFaults(of({ [key]: "movieId,title,genres\n1,Alien,Horror\n" })), ["column-missing"]);
        assert.deepEqual(findBrokenFaults(of({ [key]: "USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n" })), ["rows-too-few"]);
    });
});

describe("`diagnose` of a file's header", () => {
    const header = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP";
    const named = (other: string) => sentences(of({ [key]: interactions.replace(header, other) }))[0];
    it("the finding about a header suggests for each missing column the existing column that is probably meant", () => {
        assert.equal(
            named("userId,movieId,rating,timestamp"),
            `The header of ${key} has timestamp in place of TIMESTAMP: names must equal the schema's, with capital letters.`,
        );
        assert.match(
            named("userId,movieId,rating,ts") ?? "",
            /lacks USER_ID, ITEM_ID, TIMESTAMP, .*userId is probably USER_ID, movieId is probably ITEM_ID, ts is probably TIMESTAMP/,
        );
        assert.match(
            named("USER,ITEM,EVENT,WHEN") ?? "",
            /lacks USER_ID, ITEM_ID, TIMESTAMP, .*; USER is probably USER_ID, ITEM is probably ITEM_ID\.$/,
        );
    });
});

describe("`diagnose` of a data file", () => {
    it("the fix for a file that the stack uploads is the command that prepares the file again", () => {
        const own = {
            ...of({ "personalize_interactions_fixed.csv": "" }, { location: "personalize_interactions_fixed.csv" }),
            owned: { "arn:aws:s3:::films-test/personalize_interactions_fixed.csv": "npm run data-prep && pulumi up" },
        };
        const fix = diagnose(own).fixes.find(({ faults }) => faults.includes("object-empty"));
        assert.match(fix?.program ?? "", /^npm run data-prep && pulumi up/);
        assert.deepEqual(fix?.commands, []);
    });

    it("`diagnose` names commas at the ends of rows, and carriage returns as the only line ends", () => {
        const commas = interactions.replaceAll(/\d\n/g, (end) => end.replace("\n", ",\n"));
        assert.deepEqual(findBrokenFaults(of({ [key]: commas })), ["row-width"]);
        assert.deepEqual(findBrokenFaults(of({ [key]: interactions.replaceAll("\n", "\r") })), ["file-line-ends"]);
    });

    it("a file in which fewer than 25 users have two interactions can be imported, and `diagnose` warns", () => {
        const lonely = `USER_ID,ITEM_ID,TIMESTAMP\n${Array.from({ length: 1200 }, (_, row) => `u${row},i,${row}\n`).join("")}`;
        const { findings, verdict } = diagnose(of({ [key]: lonely }));
        assert.deepEqual(
            findings.map(({ fault, verdict: each }) => [fault, each]),
            [["users-too-few", "warning"]],
        );
        assert.notEqual(verdict, "broken");
    });

    it("`diagnose` judges a large file by its first bytes and ignores the incomplete last line", () => {
        const start = bytes(interactions).slice(0, 30_000);
        const snapshot = of({ [key]: interactions });
        assert.deepEqual(findBrokenFaults({ ...snapshot, objects: [{ is: { key, size: 90_000, start } }] }), []);
    });

    it("the text of a finding contains no control characters from the file", () => {
        const text = JSON.stringify(diagnose(of({ [key]: "\u001b[31mUSER,b\n1,2\n" })).findings);
        assert.doesNotMatch(text, /(?<!\\)\\u00/);
    });
});

describe("`diagnose` of the S3 location of an import", () => {
    const similar: readonly [location: string, existing: string, why: RegExp][] = [
        [`/${key}`, key, /the slash at the start/],
        [key, `/${key}`, /the slash at the start/],
        ["movies/my%20new%20films.csv", "movies/my new films.csv", /a location is not a URL/],
        ["movies/my+new+films.csv", "movies/my new films.csv", /a location is not a URL/],
        ["Movies/Interactions.CSV", key, /capital letters/],
        ["movie/", key, /but there is movies\//],
        [`${key}/`, key, /but there is movies\/interactions\.csv/],
    ];
    for (const [location, existing, why] of similar) {
        it(`the fix corrects the S3 location ${location} to ${existing}`, () => {
            const snapshot = { ...of({}, { location, keys: [existing] }) };
            assert.equal(findBrokenFaults(snapshot).at(-1), "object-wrong-key");
            assert.match(sentences(snapshot).at(-1) ?? "", why);
        });
    }

    it("another day's file, and several similar files, are questions instead of a new S3 location", () => {
        for (const keys of [
            ["movies/interactions-2026.csv"],
            ["movies/interactions-a.csv", "movies/interactions-b.csv"],
        ]) {
            const [fix] = diagnose(of({}, { location: "movies/interactions.csv", keys })).fixes;
            assert.equal(fix?.location, undefined);
            assert.ok(
                keys.every((each) => fix?.ask?.includes(`s3://films-test/${each}`)),
                fix?.ask,
            );
        }
    });

    it("the location of a file whose name has another Unicode form names this difference", () => {
        const [composed, decomposed] = (["NFC", "NFD"] as const).map((form) => "movies/séances.csv".normalize(form));
        const snapshot = of({}, { location: composed as string, keys: [decomposed as string] });
        assert.match(sentences(snapshot).at(-1) ?? "", /another Unicode form/);
    });

    it("the fix for a missing file asks the owner of the data to upload a file", () => {
        const { fixes } = diagnose(of({}, { keys: ["a.txt"] }));
        assert.deepEqual(fixes[0]?.commands, []);
        assert.ok(fixes[0]?.ask?.includes(`: aws s3 cp YOUR.csv s3://films-test/${key}. `));
    });
});

describe("`diagnose` of an S3 folder", () => {
    const location = "movies/";
    it("the fix for files in one nested folder is an import from that folder; for several folders it asks for one folder", () => {
        const one = diagnose(of({}, { location, keys: ["movies/2020/1.csv", "movies/2020/2.csv"] }));
        assert.deepEqual(
            [one.findings[0]?.fault, one.fixes[0]?.location],
            ["folder-nested", "s3://films-test/movies/2020/"],
        );
        const two = diagnose(of({}, { location, keys: ["movies/2020/1.csv", "movies/2021/1.csv"] }));
        assert.match(
            two.fixes[0]?.ask ?? "",
            /^the owner of the data: which of these is meant: s3:\S+2020\/, s3:\S+2021\/\?/,
        );
    });

    it("`diagnose` does not report too few rows if it did not read all files of the folder", () => {
        const keys = ["movies/1.csv", "movies/2.csv"];
        const few = "USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n";
        assert.deepEqual(findBrokenFaults(of({ "movies/1.csv": few }, { location, keys })), []);
        assert.deepEqual(findBrokenFaults(of({ "movies/1.csv": few, "movies/2.csv": few }, { location, keys })), [
            "rows-too-few",
        ]);
    });

    it("a folder with faulty and unneeded files gets one fix for all its files", () => {
        const { findings, fixes } = diagnose(
            of(
                {
                    "movies/1.csv": interactions.replaceAll(",", ";"),
                    "movies/manifest.json": "{}",
                    "movies/.DS_Store": "\0\0\0Bud1",
                },
                { location },
            ),
        );
        assert.deepEqual(
            findings.map(({ fault }) => fault),
            ["file-delimiter", "folder-stray-file", "folder-stray-file"],
        );
        assert.deepEqual(
            fixes.map(({ program }) => program.split(" && ")[1]),
            [
                "npm run data-prep -- films-test/movies/*.csv " +
                    "--columns user=USER_ID,item=ITEM_ID,time=TIMESTAMP --time s --output films-test/prepared/",
            ],
        );
    });
});

describe("`diagnose` of an object that cannot be read", () => {
    it("an archived object is a fault, except after its restore or in a storage class with immediate access", () => {
        assert.equal(findArchiveClass({ StorageClass: "GLACIER_IR" }), undefined);
        assert.equal(
            findArchiveClass({ StorageClass: "GLACIER", Restore: 'ongoing-request="false", expiry-date="…"' }),
            undefined,
        );
        assert.deepEqual(findArchiveClass({ StorageClass: "DEEP_ARCHIVE", Restore: 'ongoing-request="true"' }), {
            storageClass: "DEEP_ARCHIVE",
            isRestoring: true,
        });
        assert.deepEqual(findArchiveClass({ StorageClass: "INTELLIGENT_TIERING", ArchiveStatus: "ARCHIVE_ACCESS" }), {
            storageClass: "ARCHIVE_ACCESS",
            isRestoring: false,
        });
        const snapshot = of({});
        const archived = { key, size: 5, archived: { storageClass: "DEEP_ARCHIVE", isRestoring: false } };
        const { fixes, findings } = diagnose({ ...snapshot, objects: [{ is: archived }] });
        assert.equal(
            findings[0]?.sentence,
            `${key} is in Glacier Deep Archive and cannot be read: it must be restored first.`,
        );
        assert.match(
            fixes[0]?.ask ?? "",
            /^the owner of the data: restore it with aws s3api restore-object --bucket films-test --key movies\/interactions.csv --restore-request 'Days=7,GlacierJobParameters=\{Tier=Standard\}', which takes up to 12 hours/,
        );
        const begun = { ...archived, archived: { ...archived.archived, isRestoring: true } };
        assert.match(diagnose({ ...snapshot, objects: [{ is: begun }] }).fixes[0]?.ask ?? "", /its restore has begun/);
    });

    it("for a deleted object, or an object encrypted with a customer-provided key, the fix asks the owner for help", () => {
        const snapshot = of({});
        const text =
            "InvalidRequest: The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.";
        assert.deepEqual(findBrokenFaults({ ...snapshot, objects: [{ unread: text }] }), ["object-customer-key"]);
        const old = { key: "movies/old.csv", size: 0, isDeleted: true };
        const folder = { ...of({}, { location: "movies/", keys: ["film/new.csv"] }), keys: { is: [old] } };
        assert.deepEqual(findBrokenFaults(folder), ["object-deleted"]);
        const deleted = { ...snapshot, objects: [], keys: { is: [{ key, size: 0, isDeleted: true }] } };
        assert.deepEqual(findBrokenFaults(deleted), ["object-deleted"]);
        assert.match(diagnose(deleted).fixes[0]?.ask ?? "", /was .* deleted on purpose\?/);
    });

    it("`diagnose` reports that an object belongs to another account only if S3 lists another owner", () => {
        const denied = { unread: "Forbidden: Access Denied" };
        const snapshot = { ...of({}), objects: [denied], ownership: { is: "ObjectWriter" } };
        const owned = (owner?: string) => ({ ...snapshot, keys: { is: [{ key, size: 5, ...(owner && { owner }) }] } });
        assert.deepEqual(findBrokenFaults(owned()), []);
        assert.equal(diagnose(owned()).links.find(({ link }) => link === "file")?.verdict, "unknown");
        assert.deepEqual(findBrokenFaults(owned("79a59df9")), ["object-other-owner"]);
        assert.deepEqual(findBrokenFaults({ ...owned("79a59df9"), ownership: { is: "BucketOwnerEnforced" } }), []);
        const [fix] = diagnose(owned("79a59df9")).fixes;
        assert.deepEqual(fix?.commands, []);
        assert.match(
            fix?.ask ?? "",
            /the account that wrote s3:\/\/films-test\/movies\/interactions\.csv: upload it again with --acl bucket-owner-full-control/,
        );
    });
});
