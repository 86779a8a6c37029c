import { App } from "cdktf";
import { loadStackContext } from "./stacks/load";
import { BuildStack } from "./stacks/build";
import { FactoryStack } from "./stacks/factory";
import { names } from "./model/naming";

const { context, images } = loadStackContext(__dirname);
const app = new App();
new FactoryStack(app, "factory", context);
for (const image of images) new BuildStack(app, names.buildStack(image), { ...context, image });
app.synth();
