import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.FileReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * HL7's instance validator over resources, one a line (NDJSON).
 * Usage: java Validate R4|R5 RESOURCES.ndjson [FOLDER of definitions …]
 * A line of the result: severity, resource, place, message id, message, with tabs between.
 */
public class Validate {
  static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    FhirContext context = args[0].equals("R5") ? FhirContext.forR5() : FhirContext.forR4();
    PrePopulatedValidationSupport known = new PrePopulatedValidationSupport(context);
    for (int i = 2; i < args.length; i++) add(context, known, Path.of(args[i]));
    try (BufferedReader lines = new BufferedReader(new FileReader(args[1]))) {
      for (String line; (line = lines.readLine()) != null; ) remember(context, known, line);
    }
    ValidationSupportChain chain = new ValidationSupportChain(
        known,
        new DefaultProfileValidationSupport(context),
        new InMemoryTerminologyServerValidationSupport(context),
        new CommonCodeSystemsTerminologyService(context),
        new SnapshotGeneratingValidationSupport(context));
    FhirInstanceValidator instance = new FhirInstanceValidator(chain);
    instance.setAnyExtensionsAllowed(false);
    instance.setErrorForUnknownProfiles(true);
    instance.setBestPracticeWarningLevel(BestPracticeWarningLevel.Warning);
    var validator = context.newValidator().registerValidatorModule(instance);
    try (BufferedReader lines = new BufferedReader(new FileReader(args[1]))) {
      for (String line; (line = lines.readLine()) != null; ) {
        JsonNode head = JSON.readTree(line);
        String name = head.path("resourceType").asText() + "/" + head.path("id").asText();
        for (SingleValidationMessage m : validator.validateWithResult(line).getMessages())
          System.out.println(String.join("\t", m.getSeverity().getCode(), name, String.valueOf(m.getLocationString()),
              String.valueOf(m.getMessageId()), m.getMessage().replaceAll("\\s+", " ")));
        System.out.println("checked\t" + name);
      }
    }
  }

  static void add(FhirContext context, PrePopulatedValidationSupport known, Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.getFileName().toString().matches("(StructureDefinition|ValueSet|CodeSystem)-.*\\.json")).sorted().toList())
        remember(context, known, Files.readString(file));
    }
  }

  static void remember(FhirContext context, PrePopulatedValidationSupport known, String text) throws Exception {
    String kind = JSON.readTree(text).path("resourceType").asText();
    if (!kind.matches("StructureDefinition|ValueSet|CodeSystem")) return;
    IBaseResource resource = context.newJsonParser().parseResource(text);
    switch (kind) {
      case "StructureDefinition" -> known.addStructureDefinition(resource);
      case "ValueSet" -> known.addValueSet(resource);
      default -> known.addCodeSystem(resource);
    }
  }
}
