import { Pagination } from "@patternfly/react-core";

/** More rows than these come a page at a time. */
export const PER_PAGE = 25;

type Props = { readonly of: string; readonly count: number; readonly page: number; readonly onPage: (page: number) => void };

/** The way through a list that is longer than a page; nothing for one that is not. */
export function Pages({ of, count, page, onPage }: Props) {
  if (count <= PER_PAGE) return null;
  return (
    <Pagination variant="bottom" isCompact itemCount={count} perPage={PER_PAGE} perPageOptions={[]} page={page} onSetPage={(_event, next) => onPage(next)}
      titles={{ paginationAriaLabel: `Pages of ${of}` }} />
  );
}
