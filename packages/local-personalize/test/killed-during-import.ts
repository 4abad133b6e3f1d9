import { createBucket, createTestEmulator, region } from "./support.ts";

// A process that resume.spec.ts kills. It begins an import that never ends, and then prints "reading".
const [dataDir = "", datasetArn = ""] = process.argv.slice(2);
const { access } = createBucket();
const judge = () => {
    process.stdout.write("reading\n");
    return new Promise<never>(() => {});
};
const emulator = createTestEmulator({ dataDir, access: { ...access, judge } });
const body = { jobName: "killed", datasetArn, dataSource: { dataLocation: "s3://movies/all.csv" } };
await emulator.handle({ service: "personalize", operation: "CreateDatasetImportJob", region, body });
setInterval(() => {}, 1000);
