import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import type { ServiceToken } from "../api/shapes.ts";
import { PERMISSION_NAMES } from "../rules/names.ts";
import { RevealedValue } from "./revealed-value.tsx";

export function ServiceTokensTable({ tokens }: { readonly tokens: readonly ServiceToken[] }) {
  return (
    <Table aria-label="Service tokens" variant="compact" gridBreakPoint="grid-lg">
      <Thead>
        <Tr><Th width={20}>Service</Th><Th modifier="nowrap">Scope</Th><Th modifier="nowrap">Permission</Th><Th width={50}>Value</Th></Tr>
      </Thead>
      <Tbody>
        {tokens.map((token) => (
          <Tr key={token.service_id}>
            <Td dataLabel="Service" modifier="breakWord"><strong><bdi>{token.service_name}</bdi></strong></Td>
            <Td dataLabel="Scope">{token.scope}</Td>
            <Td dataLabel="Permission" modifier="nowrap">{PERMISSION_NAMES[token.permission]}</Td>
            <Td dataLabel="Value"><RevealedValue token={token} /></Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
