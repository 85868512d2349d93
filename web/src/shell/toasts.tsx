import { Alert, AlertActionCloseButton, AlertGroup } from "@patternfly/react-core";
import { createContext, useCallback, useContext, useState, type ReactNode } from "react";

type Toast = { readonly id: number; readonly variant: "success" | "danger"; readonly title: string };
type Tell = (variant: Toast["variant"], title: string) => void;

const Context = createContext<Tell>(() => undefined);
/** Says what became of something, in passing: it is read out, and goes after a while. */
export const useTell = () => useContext(Context);

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const tell = useCallback<Tell>((variant, title) => setToasts((all) => [...all, { id: (all.at(-1)?.id ?? 0) + 1, variant, title }]), []);
  const remove = (id: number) => setToasts((all) => all.filter((toast) => toast.id !== id));
  return (
    <Context value={tell}>
      {children}
      <AlertGroup isToast isLiveRegion aria-label="Messages">
        {toasts.map(({ id, variant, title }) => (
          // What went wrong stays until it has been read.
          <Alert key={id} variant={variant} title={title} component="p" timeout={variant === "success"} onTimeout={() => remove(id)}
            actionClose={<AlertActionCloseButton title={title} onClose={() => remove(id)} />} />
        ))}
      </AlertGroup>
    </Context>
  );
}
