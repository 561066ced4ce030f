{
  'variables': { 'sanitize%': 0, 'tests%': 0 },
  'target_defaults': {
    'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")"],
    'defines': [
      'NAPI_VERSION=9',
      'NAPI_CPP_EXCEPTIONS',
      'NODE_ADDON_API_CPP_EXCEPTIONS_ALL',
      'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      'NODE_ADDON_API_DISABLE_DEPRECATED',
    ],
    'cflags': ['<!@(pkg-config --cflags libbpf)', '-Wall', '-Wextra', '-fvisibility=hidden'],
    'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20'],
    'cflags_cc': ['-std=c++17', '-fvisibility-inlines-hidden'],
    'cflags!': ['-fno-exceptions'],
    'conditions': [
      ['sanitize==1', {
        'cflags': ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer', '-g', '-O1'],
        'cflags!': ['-O3'],
        'ldflags': ['-fsanitize=address,undefined'],
      }],
    ],
  },
  'targets': [
    {
      'target_name': 'core',
      'type': 'static_library',
      'sources': [
        'native/addon.cc',
        'native/addon_data.cc',
        'native/arguments.cc',
        'native/construction.cc',
        'native/description.cc',
        'native/failure.cc',
        'native/iteration_work.cc',
        'native/kernel_enum.cc',
        'native/link.cc',
        'native/load_work.cc',
        'native/log_capture.cc',
        'native/map.cc',
        'native/map_emptying.cc',
        'native/map_kind.cc',
        'native/map_layout.cc',
        'native/map_reading.cc',
        'native/map_state.cc',
        'native/map_work.cc',
        'native/object.cc',
        'native/object_after_load.cc',
        'native/object_before_load.cc',
        'native/object_state.cc',
        'native/open_options.cc',
        'native/perf_sampling.cc',
        'native/process_bounds.cc',
        'native/program.cc',
        'native/program_info.cc',
        'native/promise_work.cc',
        'native/row_index.cc',
        'native/run_statistics.cc',
        'native/shared_buffer.cc',
        'native/snapshot_work.cc',
      ],
      # Dynamic: distributions build the static archives of libbpf, libelf and zlib without -fPIC.
      'link_settings': { 'libraries': ['<!@(pkg-config --libs libbpf)'] },
    },
    {
      'target_name': 'santabpf',
      'dependencies': ['core'],
      'sources': ['native/module.cc'],
    },
  ],
  'conditions': [
    ['tests==1', {
      'targets': [
        # The same object files with access to map entries, and with a kernel that can be made to look old.
        {
          'target_name': 'santabpf_test',
          'dependencies': ['core'],
          'include_dirs': ['native'],
          'sources': [
            'test/native/addon/map_entries.cc',
            'test/native/addon/module.cc',
            'test/native/addon/old_kernel.cc',
          ],
          'ldflags': ['-Wl,--wrap=bpf_map_lookup_batch', '-Wl,--wrap=mmap', '-Wl,--wrap=mmap64'],
        },
      ],
    }],
  ],
}
