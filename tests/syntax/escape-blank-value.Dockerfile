# escape=  
FROM scratch
