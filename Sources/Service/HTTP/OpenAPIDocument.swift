/// The description of the HTTP interface, as served at `/openapi.yaml`: the build embeds the `openapi.yaml` of the top level.
enum OpenAPIDocument {
  static let yaml = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
}
