// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let domain: [Target.Dependency] = ["ProvisioningModel", "ProvisioningRules", "Reconciler", "SynchronizationJob"]

let package = Package(
  name: "rollcall",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "rollcall", targets: ["rollcall"]),
    .executable(name: "rollcall-bench", targets: ["rollcall-bench"]),
  ],
  traits: [
    .default(enabledTraits: ["ListenerTLS"]),
    .trait(
      name: "ListenerTLS",
      description:
        "TLS of the listener itself. It brings BoringSSL, two fifths of a clean build; an ingress does without."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // The files of the folder page go into the program as they are.
    .target(name: "CConsolePage", exclude: ["page"]),
    room("Console", ["CConsolePage", "CZlib", "Cryptography", "JSON"]),
    room("Cryptography", ["COpenSSL"]),
    room("JSON", ["CJansson"]),
    room("HTTPTransport", ["CCurl"]),
    room("Expressions"),
    room("WorkQueue"),
    room("ProvisioningModel", ["Expressions"]),
    .target(
      name: "CPhoneNumber",
      linkerSettings: [.linkedLibrary("phonenumber"), .linkedLibrary("protobuf"), .linkedLibrary("stdc++")]),
    room("PhoneNumbers", ["CPhoneNumber"]),
    room("ProvisioningRules", ["Expressions", "PhoneNumbers", "ProvisioningModel"]),
    room("Reconciler", ["Expressions", "ProvisioningModel", "ProvisioningRules"]),
    room(
      "SynchronizationJob",
      ["Expressions", "ProvisioningModel", "ProvisioningRules", "Reconciler", "WorkQueue"]),
    room("MicrosoftGraph", ["Cryptography", "HTTPTransport", "JSON", "ProvisioningModel"]),
    room("XMatters", ["HTTPTransport", "JSON", "ProvisioningModel"]),
    room("Storage", ["JSON", "ProvisioningModel", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(
      name: "Service",
      dependencies: domain + [
        "Console",
        "Cryptography",
        "Expressions",
        "HTTPTransport",
        "JSON",
        "MicrosoftGraph",
        "PhoneNumbers",
        "Storage",
        "WorkQueue",
        "XMatters",
        hummingbird, lifecycle, logging,
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["ListenerTLS"])),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      // A link to openapi.yaml at the top level.
      resources: [.embedInCode("Resources/openapi.yaml")], swiftSettings: settings),
    room("Simulators", ["Cryptography", "HTTPTransport", "JSON", hummingbird, lifecycle, logging]),
    program(
      "rollcall",
      domain + [
        "HTTPTransport", "JSON", "Service", "Simulators", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    program("rollcall-bench", ["Expressions", "HTTPTransport", "JSON", "WorkQueue"]),
    .target(
      name: "TestSupport", dependencies: domain + ["COpenSSL", "Expressions", "PhoneNumbers"],
      path: "Tests/TestSupport",
      swiftSettings: settings),
    tests("ConsoleTests", ["CConsolePage", "Console", "Cryptography", "JSON", "TestSupport"]),
    tests("CryptographyTests", ["Cryptography", "TestSupport"]),
    tests("JSONTests", ["JSON", "CJansson", "TestSupport"]),
    tests("HTTPTransportTests", ["HTTPTransport", "TestSupport"]),
    tests("ExpressionsTests", ["Expressions"]),
    tests("WorkQueueTests", ["WorkQueue", "TestSupport"]),
    tests("PhoneNumbersTests", ["PhoneNumbers"]),
    tests("ProvisioningModelTests", ["ProvisioningModel", "TestSupport"]),
    tests("ProvisioningRulesTests", ["Expressions", "ProvisioningModel", "ProvisioningRules", "TestSupport"]),
    tests("ProvisioningTests", domain + ["Expressions", "TestSupport", "WorkQueue"]),
    tests(
      "MicrosoftGraphTests",
      domain + ["Cryptography", "HTTPTransport", "JSON", "MicrosoftGraph", "Simulators", "TestSupport"]),
    tests("XMattersTests", domain + ["HTTPTransport", "JSON", "Simulators", "XMatters"]),
    tests("StorageTests", domain + ["Storage", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("SimulatorsTests", ["HTTPTransport", "JSON", "Simulators", "TestSupport"]),
    tests(
      "ServiceTests",
      domain + [
        "Console",
        "Expressions",
        "HTTPTransport",
        "JSON",
        "MicrosoftGraph",
        "PhoneNumbers",
        "Service",
        "Simulators",
        "TestSupport",
        "WorkQueue",
        hummingbird,
        logging,
        .product(name: "Yams", package: "Yams"),
      ]),
  ],
  cxxLanguageStandard: .cxx17
)
