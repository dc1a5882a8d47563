/// Variables of the environment that look like ours and are not.
enum UnknownVariables {
  /// Kubernetes sets these for each service of the namespace, so for one that is called rollcall.
  private static func isOfKubernetes(_ name: String) -> Bool {
    name.contains(/_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/)
  }

  /// - Parameter known: Those that are read.
  /// - Returns: A warning for each. Values may be secrets and are not told.
  static func warnings(_ environment: [String: String], known: Set<String>) -> [ConfigurationProblem] {
    environment.keys.sorted()
      .filter { $0.hasPrefix("ROLLCALL_") && !known.contains($0) && !isOfKubernetes($0) }
      .map { name in
        let hint = NearestName.of(name, among: known).map { "; did you mean \($0)?" } ?? ""
        return ConfigurationProblem(
          key: name, line: nil, message: "is a variable of the environment that Rollcall does not know\(hint)")
      }
  }
}
