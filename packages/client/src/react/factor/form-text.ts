/** What was typed into a line of a form, without the spaces around it. */
export function textIn(form: FormData, name: string): string {
  const given = form.get(name);
  return typeof given === 'string' ? given.trim() : '';
}
