// Preloaded by Pulumi's Node.js processes in local runs. Pulumi's official language host reads `typescript: false` in
// Pulumi.yaml. The built one does not know this option, and would compile the program with ts-node.
if (process.env.PULUMI_NODEJS_TYPESCRIPT) process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
