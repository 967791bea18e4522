/** What people call a workflow. Pure. */

export function nameOf(workflow: { readonly name: string | null; readonly id: string }): string {
  return workflow.name || workflow.id;
}
