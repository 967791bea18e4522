/** What one may do here, told before somebody tries; the API decides. */

import { useQuery } from "@tanstack/react-query";
import { type Schemas, answerOf, useApi } from "../api/client";

export type Permission = Schemas["Permission"];
type Me = Schemas["Me"];

export function useMe() {
  const api = useApi();
  return useQuery({
    queryKey: ["me"],
    staleTime: 300_000,
    queryFn: ({ signal }) => answerOf(api.GET("/me", { signal })),
  });
}

/** May this person do it? Null while that is not known. */
export function useMay(permission: Permission): boolean | null {
  const { data } = useMe();
  return data ? data.permissions.includes(permission) : null;
}

/** For a button: disabled, with the reason. While nothing is known it waits; where it cannot be known it may be tried. */
export function useBarred(permission: Permission): { disabled?: true; disabledReason?: string } {
  const { data, isPending } = useMe();
  if (data) {
    const reason = barred(data, permission);
    return reason === null ? {} : { disabled: true, disabledReason: reason };
  }
  return isPending ? { disabled: true, disabledReason: "Who you are is being looked up." } : {};
}

/** Why it is not allowed; null where it is. Pure. */
export function barred(me: Pick<Me, "roles" | "permissions">, permission: Permission): string | null {
  if (me.permissions.includes(permission)) return null;
  return `This needs the role ${HOLDERS[permission]}. ${me.roles.length > 0 ? `You are ${me.roles.join(" and ")}.` : "You have no role."}`;
}

const HOLDERS: Record<Permission, string> = {
  read: "viewer",
  plan: "planner or commander",
  runDrill: "operator or commander",
  runRecovery: "commander",
};
