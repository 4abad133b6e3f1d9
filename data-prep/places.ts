import { dirname, join } from "node:path";

/** Where the CSV goes when nothing else is said; relative to the project's folder, where npm runs commands. */
export const DEFAULT_OUTPUT = "data/personalize_interactions_fixed.csv";

/** The catalogue lies beside the CSV that it belongs to. */
export const cataloguePathBeside = (csvPath: string) => join(dirname(csvPath), "catalogue.json");

/** So does what an Items dataset is made of; the program looks for the schema beside its CSV. */
export const itemsPathsBeside = (csvPath: string) => ({
    csv: join(dirname(csvPath), "items.csv"),
    schema: join(dirname(csvPath), "items.schema.json"),
});

/** So do the fallback tables: what is popular, what grows, what is like a film. */
export const tablesPathBeside = (csvPath: string) => join(dirname(csvPath), "fallback-tables.json");
