import { join } from "node:path";
import { openClock } from "../clock.ts";
import { openDatabase, transactionOn } from "../database.ts";
import type { Tag } from "./properties.ts";
import { openRequestLog } from "./request-log.ts";
import { type Kind, kindsWithWork, type Life } from "./states.ts";

type Anything = Record<string, unknown>;

/** A resource of the account. `properties` depend on its kind, and are stored as JSON. */
export interface Resource<Properties = Anything> extends Life {
    /**
     * ID that is never reused. The names of the resource's files contain it, so a later resource of the same name has
     * other files.
     */
    id: number;
    arn: string;
    region: string;
    name: string;
    /** ARN of the parent: a dataset's group, a job's dataset, or a version's solution. */
    parent: string | null;
    properties: Properties;
}

/** A resource before it is stored. `failure` is why it will fail, if a test requested that. */
type NewResource = Omit<Resource<object>, "id" | "finishedAt" | "stoppedAt" | "updatedAt" | "deletedAt">;

export type Store = ReturnType<typeof openStore>;

const tables = `
CREATE TABLE IF NOT EXISTS resources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL, kind TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, parent TEXT,
    createdAt REAL NOT NULL, finishedAt REAL, failure TEXT, stoppedAt REAL, heldUntil REAL, updatedAt REAL, deletedAt REAL,
    properties TEXT NOT NULL,
    UNIQUE (region, arn)
) STRICT;
CREATE INDEX IF NOT EXISTS resources_by_kind ON resources (kind, region, parent, id);
CREATE TABLE IF NOT EXISTS tags (
    resource INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
    key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (resource, key)
) STRICT, WITHOUT ROWID;`;

/** Opens (or creates) the account's resources in `dataDir`. */
export function openStore(dataDir: string) {
    const database = openDatabase(join(dataDir, "personalize.sqlite"), tables);
    const insert = database.prepare(
        "INSERT INTO resources (arn, kind, region, name, parent, createdAt, failure, heldUntil, properties) VALUES (:arn, :kind, :region, :name, :parent, :createdAt, :failure, :heldUntil, :properties) RETURNING *",
    );
    const byArn = database.prepare("SELECT * FROM resources WHERE region = ? AND arn = ?");
    const everywhere = database.prepare("SELECT * FROM resources WHERE kind = ? ORDER BY id");
    const ofKind = database.prepare(
        "SELECT * FROM resources WHERE kind = ? AND region = ? AND (?3 IS NULL OR parent = ?3) ORDER BY id",
    );
    const deleted = database.prepare("SELECT * FROM resources WHERE deletedAt IS NOT NULL");
    const unfinished = database.prepare(
        "SELECT * FROM resources WHERE kind IN (SELECT value FROM json_each(?)) AND finishedAt IS NULL AND stoppedAt IS NULL AND deletedAt IS NULL ORDER BY id",
    );
    const save = database.prepare(
        "UPDATE resources SET finishedAt = ?, failure = ?, stoppedAt = ?, updatedAt = ?, deletedAt = ?, properties = ? WHERE id = ?",
    );
    const remove = database.prepare("DELETE FROM resources WHERE id = ?");
    const putTag = database.prepare(
        "INSERT INTO tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    );
    const dropTag = database.prepare("DELETE FROM tags WHERE resource = ? AND key = ?");
    const tags = database.prepare("SELECT key AS tagKey, value AS tagValue FROM tags WHERE resource = ? ORDER BY key");

    const release = database.prepare("UPDATE resources SET heldUntil = ? WHERE heldUntil = ? RETURNING *");

    const transaction = transactionOn(database);
    let changes = 0;
    const change = <Result>(result: Result): Result => {
        changes++;
        return result;
    };
    const clock = openClock(database);

    return {
        /** Runs `work` in a transaction, or within the current transaction if there is one. */
        transaction,
        /** Adds a resource with its tags. The caller must have checked that no resource has the ARN. */
        add(resource: NewResource, itsTags: Tag[]): Resource {
            const properties = JSON.stringify(resource.properties);
            const added = change(readRow<Anything>(insert.get({ ...resource, properties })));
            for (const { tagKey, tagValue } of itsTags) putTag.run(added.id, tagKey, tagValue);
            return added;
        },
        find<Properties extends object = Anything>(region: string, arn: string): Resource<Properties> | undefined {
            const row = byArn.get(region, arn);
            return row && readRow<Properties>(row);
        },
        /** Returns all resources of a kind in a region, optionally of one parent, oldest first. */
        list<Properties extends object = Anything>(
            kind: Kind,
            region: string,
            parent?: string,
        ): Resource<Properties>[] {
            return ofKind.all(kind, region, parent ?? null).map(readRow<Properties>);
        },
        /** Returns all resources of a kind in every region, oldest first. */
        everywhere: <Properties extends object>(kind: Kind): Resource<Properties>[] =>
            everywhere.all(kind).map(readRow<Properties>),
        /** Returns resources whose deletion has begun, in every region. */
        deleted: (): Resource[] => deleted.all().map(readRow<Anything>),
        /** Returns the resources whose work has not ended, in every region. */
        unfinished: (): Resource[] => unfinished.all(JSON.stringify(kindsWithWork)).map(readRow<Anything>),
        /** Ends all hangs in CREATE IN_PROGRESS at `now`, and returns the resources in their new state. */
        release: (now: number): Resource[] => release.all(now, Number.POSITIVE_INFINITY).map(readRow<Anything>),
        /** Returns a number that is another one after every change of a resource or its tags. */
        changes: () => changes,
        clock,
        requests: openRequestLog(database, clock),
        /** Writes a resource's times, failure and properties. */
        save(resource: Resource<object>): void {
            const { finishedAt, failure, stoppedAt, updatedAt, deletedAt, properties, id } = resource;
            change(save.run(finishedAt, failure, stoppedAt, updatedAt, deletedAt, JSON.stringify(properties), id));
        },
        remove: (id: number) => void change(remove.run(id)),
        tags: (id: number): Tag[] =>
            tags.all(id).map(({ tagKey, tagValue }) => ({ tagKey: String(tagKey), tagValue: String(tagValue) })),
        putTag: (id: number, tag: Tag) => void change(putTag.run(id, tag.tagKey, tag.tagValue)),
        dropTag: (id: number, key: string) => void change(dropTag.run(id, key)),
        close: () => database.close(),
    };
}

function readRow<Properties extends object>(row: unknown): Resource<Properties> {
    const columns = row as Resource<string>;
    return { ...columns, properties: JSON.parse(columns.properties) };
}
