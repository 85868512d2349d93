import "@patternfly/react-core/dist/styles/base.css";
import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startTheme } from "./shell/theme.ts";

startTheme();

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root");
createRoot(root).render(<StrictMode><App /></StrictMode>);
