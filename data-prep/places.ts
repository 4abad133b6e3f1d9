import { dirname, join } from "node:path";

/** Default path of the CSV; relative to the project's folder, where npm runs commands. */
export const DEFAULT_OUTPUT = "data/personalize_interactions_fixed.csv";

/** The catalogue is beside its CSV. */
export const cataloguePathBeside = (csvPath: string) => join(dirname(csvPath), "catalogue.json");

/** The files of an Items dataset; the program looks for the schema beside its CSV. */
export const itemsPathsBeside = (csvPath: string) => ({
    csv: join(dirname(csvPath), "items.csv"),
    schema: join(dirname(csvPath), "items.schema.json"),
});

/** The fallback tables: popular, trending and similar films. */
export const tablesPathBeside = (csvPath: string) => join(dirname(csvPath), "fallback-tables.json");

/** The files of a Users dataset. */
export const usersPathsBeside = (csvPath: string) => ({
    csv: join(dirname(csvPath), "users.csv"),
    schema: join(dirname(csvPath), "users.schema.json"),
});

/** The description of the prepared files. */
export const manifestPathBeside = (csvPath: string) => join(dirname(csvPath), "manifest.json");
