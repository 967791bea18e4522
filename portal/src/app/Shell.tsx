/** The frame of every page: where one is, who one is, whether what is shown is live. */

import AppLayoutToolbar, { type AppLayoutToolbarProps } from "@cloudscape-design/components/app-layout-toolbar";
import BreadcrumbGroup, { type BreadcrumbGroupProps } from "@cloudscape-design/components/breadcrumb-group";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { type ReactNode, useEffect, useState } from "react";
import { follow, usePlace } from "../navigation/location";
import type { Config } from "../session/config";
import { useSession } from "../session/Session";
import { useNotices } from "./notices";
import { type Theme, chooseTheme, chosenTheme } from "./theme";

const SECTIONS = [
  { type: "link" as const, text: "Workflows", href: "/workflows" },
  { type: "link" as const, text: "Recovery", href: "/recovery" },
  { type: "link" as const, text: "History", href: "/history" },
  { type: "link" as const, text: "Analytics", href: "/analytics" },
];

export function TopBar({ config }: { config: Config }) {
  const session = useSession();
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const choose = (wanted: string) => {
    const next = wanted === "light" || wanted === "dark" ? wanted : "system";
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <div className="top" id="top">
      <TopNavigation
        identity={{ href: "/workflows", title: "Breakwater", logo: { src: "/breakwater.svg", alt: "Breakwater" }, onFollow: follow }}
        utilities={[
          { type: "button", text: config.environment, title: `Environment ${config.environment}, ${config.region}`, disableUtilityCollapse: true },
          {
            type: "menu-dropdown",
            iconName: "settings",
            ariaLabel: "Appearance",
            title: "Appearance",
            items: (["system", "light", "dark"] as const).map((one) => ({
              id: one,
              text: one === "system" ? "As the system" : one === "light" ? "Light" : "Dark",
              ...(theme === one ? { iconName: "check" as const } : {}),
            })),
            onItemClick: ({ detail }) => choose(detail.id),
          },
          {
            type: "menu-dropdown",
            text: session.name,
            description: session.roles.join(", ") || "no role",
            iconName: "user-profile",
            items: [{ id: "out", text: "Sign out" }],
            onItemClick: () => session.signOut(),
          },
        ]}
      />
    </div>
  );
}

export interface ShellProps {
  crumbs: readonly BreadcrumbGroupProps.Item[];
  children: ReactNode;
  contentType?: AppLayoutToolbarProps["contentType"];
  split?: ReactNode;
  splitOpen?: boolean;
  onSplit?: (open: boolean) => void;
}

export function Shell(props: ShellProps) {
  const place = usePlace();
  const notices = useNotices();
  const section = SECTIONS.find((one) => place.path.startsWith(one.href))?.href ?? "/workflows";
  const title = props.crumbs.at(-1)?.text;
  useEffect(() => {
    document.title = title ? `${title} – Breakwater` : "Breakwater";
  }, [title]);
  const [open, setOpen] = useState(() => window.matchMedia("(min-width: 1200px)").matches);
  return (
    <AppLayoutToolbar
      headerSelector="#top"
      navigationOpen={open}
      onNavigationChange={({ detail }) => setOpen(detail.open)}
      navigationWidth={220}
      navigation={<SideNavigation activeHref={section} items={SECTIONS} onFollow={follow} />}
      breadcrumbs={
        props.crumbs.length > 1 ? <BreadcrumbGroup items={[...props.crumbs]} onFollow={follow} /> : undefined
      }
      notifications={notices}
      stickyNotifications
      toolsHide
      contentType={props.contentType ?? "default"}
      {...(props.split
        ? {
            splitPanel: props.split,
            splitPanelOpen: props.splitOpen ?? false,
            onSplitPanelToggle: ({ detail }: { detail: { open: boolean } }) => props.onSplit?.(detail.open),
            splitPanelPreferences: { position: "side" as const },
          }
        : {})}
      content={props.children}
      ariaLabels={{ navigation: "Sections", navigationClose: "Close sections", navigationToggle: "Open sections", notifications: "Notices" }}
    />
  );
}
