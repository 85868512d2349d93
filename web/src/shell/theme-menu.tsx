import { Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import DesktopIcon from "@patternfly/react-icons/dist/esm/icons/desktop-icon";
import MoonIcon from "@patternfly/react-icons/dist/esm/icons/moon-icon";
import SunIcon from "@patternfly/react-icons/dist/esm/icons/sun-icon";
import { useState } from "react";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "./theme.ts";

const LOOKS: Record<Theme, { readonly name: string; readonly Icon: typeof SunIcon }> = {
  system: { name: "System", Icon: DesktopIcon }, light: { name: "Light", Icon: SunIcon }, dark: { name: "Dark", Icon: MoonIcon },
};

/** The button "Theme: …" and its three choices. */
export function ThemeMenu() {
  const [theme, setTheme] = useState(chosenTheme);
  const [open, setOpen] = useState(false);
  const { name, Icon } = LOOKS[theme];
  const pick = (picked: Theme) => {
    chooseTheme(picked);
    setTheme(picked);
    setOpen(false);
  };
  return (
    <Dropdown
      isOpen={open} onOpenChange={setOpen} popperProps={{ position: "end", appendTo: "inline" }} shouldFocusFirstItemOnOpen
      toggle={(ref) => <MenuToggle ref={ref} variant="plain" isExpanded={open} aria-label={`Theme: ${name}`} icon={<Icon />} onClick={() => setOpen(!open)} />}
    >
      <DropdownList aria-label="Theme">
        {THEMES.map((each) => {
          const { name: label, Icon: Picture } = LOOKS[each];
          return <DropdownItem key={each} icon={<Picture />} isSelected={each === theme} onClick={() => pick(each)}>{label}</DropdownItem>;
        })}
      </DropdownList>
    </Dropdown>
  );
}
