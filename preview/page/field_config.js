import {
  applyFieldOverrides,
  createTheme,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  FieldConfigOptionsRegistry,
  identityOverrideProcessor,
  numberOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  transformDataFrame,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';
import { firstValueFrom } from 'rxjs';

export const theme = createTheme({ colors: { mode: 'dark' } });

const properties = {
  unit: unitOverrideProcessor,
  decimals: numberOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  noValue: stringOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  color: identityOverrideProcessor,
  links: dataLinksOverrideProcessor,
};
const registry = new FieldConfigOptionsRegistry(() => [
  ...Object.entries(properties).map(([id, process]) => ({ id, path: id, name: id, process, shouldApply: () => true })),
  ...['cellOptions', 'width', 'lineWidth', 'fillOpacity', 'axisPlacement'].map((path) => ({
    id: `custom.${path}`,
    path,
    name: path,
    isCustom: true,
    process: identityOverrideProcessor,
    shouldApply: () => true,
  })),
]);
standardTransformersRegistry.setInit(() =>
  [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer].map((transformer) => ({
    id: transformer.id,
    name: transformer.name,
    transformation: async () => transformer,
  })),
);

/** Applies the panel's transformations, units, thresholds and overrides to its frames. */
export async function configured(panel, frames) {
  const transformed = await firstValueFrom(
    transformDataFrame(panel.transformations ?? [], frames, { interpolate: (text) => text }),
  );
  const fields = applyFieldOverrides({
    data: transformed,
    fieldConfig: migrated(panel),
    fieldConfigRegistry: registry,
    replaceVariables: (text) => text,
    theme,
    timeZone: 'browser',
  });
  const { custom } = panel.fieldConfig.defaults;
  for (const { config } of fields.flatMap((frame) => frame.fields)) config.custom = { ...custom, ...config.custom };
  return fields;
}

/** The field configuration as Grafana migrates it from 7.5. */
function migrated({ type, fieldConfig: { defaults, overrides } }) {
  // The defaults of Grafana's panels.
  const color = type === 'timeseries' ? { mode: 'palette-classic' } : { mode: 'thresholds' };
  return {
    defaults: { color, ...defaults, links: undefined, mappings: mapped(defaults.mappings) },
    overrides: overrides.map(({ matcher, properties }) => ({
      matcher,
      properties: properties.map(({ id, value }) => {
        if (id === 'custom.displayMode') return { id: 'custom.cellOptions', value: { type: value } };
        return { id, value: id === 'mappings' ? mapped(value) : value };
      }),
    })),
  };
}

function mapped(mappings = []) {
  return mappings.map(({ value, text }) => ({ type: 'value', options: { [value]: { text } } }));
}
